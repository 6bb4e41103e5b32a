-- name: add_organisation(name, kind, fictitious)$
insert into registry.organisations (name, kind, fictitious) values (:name, :kind, :fictitious) returning id;

-- name: organisations_named(name)
select id from registry.organisations where name = :name;

-- name: organisations()
select id, name, kind, fictitious from registry.organisations order by name;

-- name: area_named(name)$
select id from registry.areas where name = :name limit 1;

-- name: add_area(organisation_id, name)!
insert into registry.areas (organisation_id, name) values (:organisation_id, :name)
on conflict (organisation_id, parent_id, name) do nothing;

-- name: add_estate(organisation_id, area_id, name, dwellings)$
-- Nothing comes back when the area has an estate of this name.
insert into registry.estates (organisation_id, area_id, name, dwellings)
values (:organisation_id, :area_id, :name, :dwellings)
on conflict (organisation_id, area_id, name) do nothing
returning id;

-- name: change_estate(area_id, name, dwellings, id)!
update registry.estates set area_id = :area_id, name = :name, dwellings = :dwellings where id = :id;

-- name: set_archived(archived, id)!
update registry.estates set archived = :archived where id = :id;

-- name: delete_estate(id)!
delete from registry.estates where id = :id;

-- name: lock_estate(id)$
select id from registry.estates where id = :id for update;

-- name: estates(id)
-- All of the organisation, or one of them; number 2 before number 10.
select e.id, e.name, a.name as area, e.dwellings, e.archived
  from registry.estates e
  join registry.areas a on (a.organisation_id, a.id) = (e.organisation_id, e.area_id)
 where cast(:id as uuid) is null or e.id = :id
 order by regexp_replace(regexp_replace(a.name, '\d+', '00000000\&', 'g'), '0*(\d{9})', '\1', 'g'), a.name,
          regexp_replace(regexp_replace(e.name, '\d+', '00000000\&', 'g'), '0*(\d{9})', '\1', 'g'), e.id;

-- name: livery(id)^
-- The one that is worn, or any by its id.
select colour, plate, logo, media_type, width, height, alt from registry.liveries
 where case when cast(:id as uuid) is null then worn else id = :id end;

-- name: take_livery_off()!
update registry.liveries set worn = false where worn;

-- name: add_livery(organisation_id, colour, plate, logo, media_type, width, height, alt)!
insert into registry.liveries (organisation_id, colour, plate, logo, media_type, width, height, alt)
values (:organisation_id, :colour, :plate, :logo, :media_type, :width, :height, :alt);

-- name: forget_liveries()!
-- Those that nothing is frozen in.
delete from registry.liveries l
 where not l.worn
   and not exists (select from loop.editions e where (e.organisation_id, e.livery_id) = (l.organisation_id, l.id));
