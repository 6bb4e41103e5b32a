-- Letters in many languages go on on the back: who prints them is told.
-- migrate:up

set local lock_timeout = '10s';

alter table delivery.printout_files add column both_sides boolean not null default false;

-- migrate:down
-- Forward only.
