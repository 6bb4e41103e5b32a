-- The number of a database repeats between clusters: two new ones that are set up alike give theirs the same. A dump restored on a
-- new machine was then taken for the database it came from, and who was in a batch of the lost one could withdraw or change until
-- the mixer had looked. A cluster's own number is drawn when it is made.
-- migrate:up

set local lock_timeout = '10s';

create function ballots.this_cluster() returns bigint
language sql stable set search_path = pg_catalog as $$
  select system_identifier from pg_control_system()
$$;
revoke all on function ballots.this_cluster from public;

-- Null where the mixer has not looked since: it does so within seconds, and until then the answer is "in a moment".
alter table ballots.timeline add column cluster bigint;

create or replace function ballots.timeline_mark() returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select t.mark from ballots.timeline t
   where t.database = ballots.this_database() and t.cluster = ballots.this_cluster()
$$;

create or replace function ballots.keep_mark(p_mark bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into ballots.timeline as t (mark, database, cluster)
  values (p_mark, ballots.this_database(), ballots.this_cluster())
  on conflict (one) do update
    set mark = excluded.mark, database = excluded.database, cluster = excluded.cluster
$$;

create or replace function ballots.after_a_restore() returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if exists (select from ballots.timeline t
              where (t.database, t.cluster) is distinct from (ballots.this_database(), ballots.this_cluster())) then
    raise exception 'the mixer has not looked since the restore' using errcode = 'lock_not_available';
  end if;
end $$;

create or replace function ballots.begin_timeline() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  -- A mark that no mixer has: it tells this database all it knows, once.
  insert into ballots.timeline (mark, database, cluster)
  values (uuid_send(gen_random_uuid()), ballots.this_database(), ballots.this_cluster())
  on conflict do nothing;
  return null;
end $$;

-- migrate:down
-- Forward only: a restored database would be taken for the one it was made of.
