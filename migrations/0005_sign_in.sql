-- migrate:up

set local lock_timeout = '10s';

-- How often somebody has tried to sign in this hour, by a keyed hash of the e-mail: it holds for every process that
-- serves. No address, no e-mail, and nothing that outlives the hour.
create table registry.sign_in_attempts (
  email_hash bytea primary key,
  hour timestamptz not null,
  tries integer not null
);

-- Counts one more. Minutes: until the hour is over.
create function registry.count_sign_in(p_email_hash bytea)
returns table (tries integer, minutes integer)
language sql security definer set search_path = pg_catalog as $$
  delete from registry.sign_in_attempts where hour < date_trunc('hour', now());
  insert into registry.sign_in_attempts as a (email_hash, hour, tries) values (p_email_hash, date_trunc('hour', now()), 1)
  on conflict (email_hash) do update set tries = least(a.tries, 1000) + 1
  returning a.tries, ceil(extract(epoch from a.hour + interval '1 hour' - now()) / 60)::integer
$$;

create function registry.forget_sign_ins(p_email_hash bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from registry.sign_in_attempts where email_hash = p_email_hash
$$;

-- Into the log of the organisation the account belongs to. Nothing is kept of an e-mail that nobody has; but as much
-- is written, so that it takes as long.
create function registry.log_failed_sign_in(p_email_hash bytea, p_email text, p_action text) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.sign_in_attempts set tries = tries where email_hash = p_email_hash;
  insert into registry.audit_log (organisation_id, at, action, entity, entity_id, details)
  select organisation_id, clock_timestamp(), p_action, 'staff', id, jsonb_build_object('email', p_email)
    from registry.staff where email = lower(btrim(p_email))
$$;

revoke all on function registry.count_sign_in, registry.forget_sign_ins, registry.log_failed_sign_in from public;
grant execute on function registry.count_sign_in, registry.forget_sign_ins, registry.log_failed_sign_in
  to bostemme_registry;

-- The newest entries are read first, page by page.
-- squawk-ignore require-concurrent-index-creation
create index audit_log_by_time on registry.audit_log (organisation_id, at desc, id desc);

-- migrate:down
-- squawk-ignore require-concurrent-index-deletion
drop index registry.audit_log_by_time;
-- squawk-ignore ban-drop-function
drop function registry.log_failed_sign_in;
-- squawk-ignore ban-drop-function
drop function registry.forget_sign_ins;
-- squawk-ignore ban-drop-function
drop function registry.count_sign_in;
-- squawk-ignore ban-drop-table
drop table registry.sign_in_attempts;
