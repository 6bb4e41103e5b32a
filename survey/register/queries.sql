-- name: add_organisation(name, kind, fictitious)$
insert into registry.organisations (name, kind, fictitious) values (:name, :kind, :fictitious) returning id;

-- name: organisations_named(name)
select id from registry.organisations where name = :name;

-- name: organisations()
select id, name, kind, fictitious from registry.organisations order by name;

-- name: area_named(name)$
select id from registry.areas where name = :name limit 1;

-- name: add_area(organisation_id, name)$
insert into registry.areas (organisation_id, name) values (:organisation_id, :name) returning id;

-- name: add_estate(organisation_id, area_id, name, dwellings)$
insert into registry.estates (organisation_id, area_id, name, dwellings)
values (:organisation_id, :area_id, :name, :dwellings) returning id;

-- name: estates()
select e.id, e.name, a.name as area, e.dwellings
  from registry.estates e
  join registry.areas a on (a.organisation_id, a.id) = (e.organisation_id, e.area_id)
 order by a.name, e.name, e.id;
