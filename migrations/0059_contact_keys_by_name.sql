-- Who keeps the sender's keys is told whose they are, as who keeps the mixer's is.
-- migrate:up

set local lock_timeout = '10s';

-- No link, no address, no count: what every message says at its beginning.
create function delivery.rounds_of_contact_keys()
returns table (public_key bytea, organisation_name text, campaign_name text)
language sql stable security definer set search_path = pg_catalog as $$
  select k.public_key, o.name, c.name
    from delivery.contact_keys k
    join registry.organisations o on o.id = k.organisation_id
    join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
$$;
revoke all on function delivery.rounds_of_contact_keys from public;
grant execute on function delivery.rounds_of_contact_keys to bostemme_sender;

-- migrate:down
-- Forward only.
