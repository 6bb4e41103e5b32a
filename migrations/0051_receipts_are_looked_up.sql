-- What was planned while a table was known to be empty reads all of its rows at each submission until PostgreSQL
-- has analysed it anew, a minute later or more.
-- migrate:up

set local lock_timeout = '10s';

alter function ballots.submit(bytea, bytea, bytea, bytea, bytea, bytea, bytea, bytea) set enable_seqscan = off;

-- migrate:down
-- Forward only.
