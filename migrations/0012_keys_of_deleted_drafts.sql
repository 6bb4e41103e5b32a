-- migrate:up

set local lock_timeout = '10s';

-- A draft that is deleted leaves its contact key behind, private half and all, in the sender's folder. The sender can
-- destroy it only when it is told: the public half stays, without its round, until that is done.
alter table delivery.contact_keys add column discarded boolean not null default false;

create function delivery.discard_contact_key() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update delivery.contact_keys set discarded = true, organisation_id = null, campaign_id = null
   where (organisation_id, campaign_id) = (old.organisation_id, old.id);
  return old;
end $$;
create trigger discard_contact_key before delete on registry.campaigns
  for each row execute function delivery.discard_contact_key();

create function delivery.discarded_contact_keys() returns setof bytea
language sql stable security definer set search_path = pg_catalog as $$
  select public_key from delivery.contact_keys where discarded and destroyed_on is null
$$;

create or replace function delivery.known_contact_keys()
returns table (public_key bytea, organisation_id uuid, campaign_id uuid, made_on date, destroyed_on date)
language sql stable security definer set search_path = pg_catalog as $$
  select public_key, organisation_id, campaign_id, made_on, destroyed_on from delivery.contact_keys
   where not discarded
$$;

create or replace function delivery.take_contact_key(p_campaign_id uuid) returns bytea
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid := nullif(current_setting('bostemme.organisation_id', true), '')::uuid;
  v_key bytea;
begin
  select public_key into v_key from delivery.contact_keys
   where organisation_id = v_organisation and campaign_id = p_campaign_id and destroyed_on is null;
  if found then
    return v_key;
  end if;
  perform from registry.campaigns where organisation_id = v_organisation and id = p_campaign_id for update;
  if not found then
    return null;
  end if;
  update delivery.contact_keys set organisation_id = v_organisation, campaign_id = p_campaign_id
   where public_key = (select public_key from delivery.contact_keys
                        where campaign_id is null and destroyed_on is null and not discarded
                        order by made_on desc, public_key limit 1 for update skip locked)
     and not exists (select 1 from delivery.contact_keys k
                      where k.organisation_id = v_organisation and k.campaign_id = p_campaign_id)
  returning public_key into v_key;
  return v_key;
end $$;

revoke all on function delivery.discard_contact_key, delivery.discarded_contact_keys from public;
grant execute on function delivery.discarded_contact_keys to bostemme_sender;

-- migrate:down
-- Forward only: a destroyed key does not come back.
