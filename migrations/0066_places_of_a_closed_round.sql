-- A closed round keeps the areas of its estates, and the order they stand in.
-- migrate:up

set local lock_timeout = '10s';

-- An estate that moves to another area afterwards would be told by the difference of two reports on the area; and what was
-- told of groups is kept in the order of the places, so another name would lay the marks on other estates.
alter table registry.campaign_estates
  add column area_id uuid,
  add column area text,
  add column called text;

update registry.campaign_estates s
   set area_id = e.area_id, area = a.name, called = e.name
  from registry.campaigns c, registry.estates e, registry.areas a
 where c.status = 'closed' and (c.organisation_id, c.id) = (s.organisation_id, s.campaign_id)
   and (e.organisation_id, e.id) = (s.organisation_id, s.estate_id)
   and (a.organisation_id, a.id) = (e.organisation_id, e.area_id);

create function registry.keep_places() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update registry.campaign_estates s
     set area_id = e.area_id, area = a.name, called = e.name
    from registry.estates e
    join registry.areas a on (a.organisation_id, a.id) = (e.organisation_id, e.area_id)
   where (s.organisation_id, s.campaign_id) = (new.organisation_id, new.id)
     and (e.organisation_id, e.id) = (s.organisation_id, s.estate_id);
  return null;
end $$;
create trigger places_are_kept after update of status on registry.campaigns
  for each row when (new.status = 'closed' and old.status <> 'closed') execute function registry.keep_places();

-- What was collected elsewhere is closed from the beginning.
create function registry.keep_place() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if exists (select from registry.campaigns c
              where (c.organisation_id, c.id) = (new.organisation_id, new.campaign_id) and c.status = 'closed') then
    select e.area_id, a.name, e.name into new.area_id, new.area, new.called
      from registry.estates e
      join registry.areas a on (a.organisation_id, a.id) = (e.organisation_id, e.area_id)
     where (e.organisation_id, e.id) = (new.organisation_id, new.estate_id);
  end if;
  return new;
end $$;
create trigger place_is_kept before insert on registry.campaign_estates
  for each row execute function registry.keep_place();

revoke all on function registry.keep_places, registry.keep_place from public;
grant select (area_id, area, called) on registry.campaign_estates to bostemme_registry;

-- migrate:down
-- Forward only.
