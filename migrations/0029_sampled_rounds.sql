-- migrate:up

set local lock_timeout = '10s';

-- Where a simple random sample of an estate's dwellings is asked: how many dwellings it was drawn from. `invited` is how
-- many were drawn. Which ones is known by their invitations alone, and is gone with them. Null: all were asked.
alter table registry.campaign_estates add column dwellings integer;
alter table registry.campaign_estates
  add constraint drawn_from_more check (dwellings is null or (invited is not null and invited < dwellings)) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table registry.campaign_estates validate constraint drawn_from_more;

-- migrate:down
-- Forward only: without it those who were not drawn would count as missing.
