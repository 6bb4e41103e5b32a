-- Files copied while the server stood still, put back where they came from, and a dump loaded into the very database it was made
-- of, have the numbers of both database and cluster alike: they were taken for the database that was lost, and who was in a batch of
-- that one could withdraw or change until the mixer had looked. For files to be put back the server must be started anew, so a
-- mark holds for the server that it was told to, from its start to its end; and a row that was loaded was not written by the
-- transaction that it names.
-- migrate:up

set local lock_timeout = '10s';

alter table ballots.timeline add column server text, add column written_in xid;

-- When the present server was started; nothing of it is told to anybody.
create function ballots.this_server() returns text
language sql stable set search_path = pg_catalog as $$
  select extract(epoch from pg_postmaster_start_time())::text
$$;
revoke all on function ballots.this_server from public;

create function ballots.unchanged_since_the_mark() returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(bool_and((t.database, t.cluster, t.server, t.written_in) is not distinct from
                           (ballots.this_database(), ballots.this_cluster(), ballots.this_server(), t.xmin)), true)
    from ballots.timeline t
$$;
revoke all on function ballots.unchanged_since_the_mark from public;

create or replace function ballots.timeline_mark() returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select t.mark from ballots.timeline t where ballots.unchanged_since_the_mark()
$$;

create or replace function ballots.keep_mark(p_mark bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into ballots.timeline as t (mark, database, cluster, server, written_in)
  values (p_mark, ballots.this_database(), ballots.this_cluster(), ballots.this_server(), pg_current_xact_id()::xid)
  on conflict (one) do update
    set mark = excluded.mark, database = excluded.database, cluster = excluded.cluster, server = excluded.server,
        written_in = excluded.written_in
$$;

create or replace function ballots.after_a_restore() returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if not ballots.unchanged_since_the_mark() then
    raise exception 'the mixer has not looked since the restore' using errcode = 'lock_not_available';
  end if;
end $$;

create or replace function ballots.begin_timeline() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  -- A mark that no mixer has: it tells this database all it knows, once.
  insert into ballots.timeline (mark, database, cluster, server, written_in)
  values (uuid_send(gen_random_uuid()), ballots.this_database(), ballots.this_cluster(), ballots.this_server(),
          pg_current_xact_id()::xid)
  on conflict do nothing;
  return null;
end $$;

-- migrate:down
-- Forward only: files that were put back would be taken for those that were lost.
