-- migrate:up

set local lock_timeout = '10s';

-- The ledger of breakdowns: what was asked of which round, and which cells were told, as one bit a cell. No number and
-- no answer is kept; both are counted anew from the sealed wave whenever the next request is judged. A release of
-- research data is an entry of its own.
create table answers.told (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  wave_hash bytea not null check (octet_length(wave_hash) = 32),
  kind text not null check (kind in ('table', 'release')),
  asked text not null,                 -- canonical JSON; empty for a release
  cells integer not null check (cells >= 0),
  told bytea not null,
  first_on date not null default current_date,
  primary key (organisation_id, id),
  unique (organisation_id, campaign_id, kind, asked)
);
create trigger told_for_good before update or delete on answers.told
  for each row execute function retention.refuse();
create trigger told_as_a_whole before truncate on answers.told
  for each statement execute function retention.refuse();

alter table answers.told enable row level security;
create policy own_organisation on answers.told
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);
grant select, insert on answers.told to bostemme_answers;

-- migrate:down
-- Forward only: what was told is told.
