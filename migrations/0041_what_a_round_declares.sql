-- Why a round asks and what its answers can change, in its languages: {"nb": {"purpose": "...", "open": "..."}}.
-- migrate:up

set local lock_timeout = '10s';

alter table registry.campaigns add column declared jsonb not null default '{}';

-- What tenants were told before they answered stays as they read it.
create function registry.declared_is_frozen() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if old.status <> 'draft' and (new.declared, new.declared_grade) is distinct from (old.declared, old.declared_grade) then
    raise exception 'what a round declares is frozen when it opens';
  end if;
  return new;
end $$;
create trigger declared_is_frozen before update of declared, declared_grade on registry.campaigns
  for each row execute function registry.declared_is_frozen();

-- Of the round, the same for all its links: nothing of whoever holds the link.
create function ballots.declared(p_token_hash bytea) returns table (declared_grade integer, declared jsonb)
language sql stable security definer set search_path = pg_catalog as $$
  select c.declared_grade, c.declared
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
   where i.token_hash = p_token_hash
$$;
revoke all on function ballots.declared, registry.declared_is_frozen from public;
grant execute on function ballots.declared to bostemme_phone;

-- migrate:down
-- Forward only: what tenants were told would be lost.
