-- Documents that are made by themselves when a round is closed: of the whole, of areas, of estates.
-- migrate:up

set local lock_timeout = '10s';

-- squawk-ignore ban-drop-constraint
alter table loop.on_close drop constraint on_close_places_check;
alter table loop.on_close add constraint on_close_places_check check (cardinality(places) between 1 and 3) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table loop.on_close validate constraint on_close_places_check;

-- migrate:down
-- Forward only.
