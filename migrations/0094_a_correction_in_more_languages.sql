-- What was corrected, in the other languages that documents for everybody have.
-- migrate:up

set local lock_timeout = '10s';

alter table loop.editions add column erratum_nn text not null default '';
alter table loop.editions add column erratum_en text not null default '';
grant insert (erratum_nn, erratum_en) on loop.editions to bostemme_registry;

-- migrate:down
-- Forward only.
