-- A wave's hash is printed on every report and cannot be recomputed from guessed answers.
-- migrate:up

set local lock_timeout = '10s';

-- The hash was that of the answers alone: of a short questionnaire in a small house all answers that could be were tried
-- until it came out. Now it is of these and a salt that is told nowhere; so is the noise that is drawn from the answers.
-- A round that is closed keeps what its reports say already.
alter table registry.campaigns add column salt bytea not null default ''::bytea;
update registry.campaigns
   set salt = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
 where status <> 'closed';
alter table registry.campaigns
  alter column salt set default sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

create function registry.keep_salt() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if new.salt is distinct from old.salt then
    raise exception 'the salt of a round is drawn once';
  end if;
  return new;
end $$;
create trigger keep_salt before update of salt on registry.campaigns
  for each row execute function registry.keep_salt();

-- migrate:down
-- Forward only.
