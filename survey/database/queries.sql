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

-- name: ping()$
select 1;

-- name: server_encoding()$
select pg_encoding_to_char(encoding) from pg_database where datname = current_database();
