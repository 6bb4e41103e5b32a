-- migrate:up

set local lock_timeout = '10s';

-- Which version of the reckoning made a report that was kept: a hash of its code. Another version may reckon otherwise
-- from the same sealed wave; the same one may not. Empty: kept before this was noted.
alter table answers.published
  add column made_by bytea not null default ''::bytea check (octet_length(made_by) in (0, 32));

-- migrate:down
-- Forward only: what was published is kept as it was written.
