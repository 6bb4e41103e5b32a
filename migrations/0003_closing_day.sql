-- migrate:up

set local lock_timeout = '10s';

-- The day a round was really closed, which may come before or after the day it was to close. Null until then.
alter table registry.campaigns add column closed_on date;

-- Of rounds that were closed before the day was kept, the latest it can have been.
update registry.campaigns set closed_on = least(closes_on, current_date) where status = 'closed';

-- migrate:down
-- squawk-ignore ban-drop-column
alter table registry.campaigns drop column closed_on;
