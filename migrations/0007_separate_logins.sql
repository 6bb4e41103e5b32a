-- migrate:up

-- Each process with a login of its own: what it must know to refuse a schema of another version, and no more.
grant select on public.schema_migrations to bostemme_registry, bostemme_answers, bostemme_phone, bostemme_mixer;

-- Where the mixer's login may only mix, the office's server seals.
grant execute on function ballots.unsealed to bostemme_registry;

-- migrate:down
revoke execute on function ballots.unsealed from bostemme_registry;
revoke select on public.schema_migrations from bostemme_registry, bostemme_answers, bostemme_phone, bostemme_mixer;
