-- name: set_organisation(organisation_id)$
-- Holds for the rest of the transaction; row level security compares with it.
select set_config('bostemme.organisation_id', :organisation_id, true);

-- name: lock_migrations(key)$
-- Waits until no other process migrates this database; freed when the connection closes.
select pg_advisory_lock(:key);

-- name: has_migrations()$
select to_regclass('public.schema_migrations') is not null;

-- name: applied_migrations()
select version from public.schema_migrations order by version;

-- name: may_take_on(role)$
-- Whether who is logged in may take on a role; false when there is no such role.
select coalesce((select pg_has_role(session_user, oid, 'MEMBER') from pg_roles where rolname = :role), false);

-- name: ping()$
select 1;

-- name: server_encoding()$
select pg_encoding_to_char(encoding) from pg_database where datname = current_database();
