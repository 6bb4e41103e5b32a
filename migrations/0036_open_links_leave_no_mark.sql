-- Whoever follows an open link is given a row that refers to the estate's in the round, and PostgreSQL notes on that row who
-- looked at it (xmax): the console could read by it that a poster had just been used, estate by estate.
-- migrate:up

set local lock_timeout = '10s';

-- The columns and not the system's: what is added later must be granted by name.
revoke select on registry.campaign_estates from bostemme_registry;
grant select (organisation_id, campaign_id, estate_id, invited, pooled_under, dwellings)
  on registry.campaign_estates to bostemme_registry;

-- migrate:down
-- Forward only: what a row tells of who looked at it must not be read again.
