-- A database that was restored from a dump older than the mixer's first look had no row that told so: there, who was in a lost
-- batch could withdraw or change before the mixer came. The row is there from when the first round opens; new installations have
-- nothing to take back until then.
-- migrate:up

set local lock_timeout = '10s';

create function ballots.begin_timeline() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  -- A mark that no mixer has: it tells this database all it knows, once.
  insert into ballots.timeline (mark, database) values (uuid_send(gen_random_uuid()), ballots.this_database()) on conflict do nothing;
  return null;
end $$;
revoke all on function ballots.begin_timeline from public;
create trigger begin_timeline after insert or update of status on registry.campaigns
  for each row when (new.status = 'open') execute function ballots.begin_timeline();

insert into ballots.timeline (mark, database)
select uuid_send(gen_random_uuid()), ballots.this_database()
 where exists (select from registry.campaigns c where c.status = 'open')
on conflict do nothing;

-- migrate:down
-- Forward only: a restored database would be taken for a new one.
