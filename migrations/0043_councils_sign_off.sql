-- The residents' council agreed to a questionnaire: who, when, and to which content. Never changed and never deleted.
-- migrate:up

set local lock_timeout = '10s';

create table registry.signoffs (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  draft_id uuid not null,
  questionnaire_id text not null,
  version text not null,
  content bytea not null check (length(content) = 32),
  council text not null check (length(council) between 1 and 100),
  person text not null check (length(person) <= 100),
  signed_on date not null default current_date,
  recorded_at timestamptz not null default clock_timestamp(),
  staff_id uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, draft_id) references registry.questionnaire_drafts (organisation_id, id),
  foreign key (organisation_id, staff_id) references registry.staff (organisation_id, id)
);
create index signoffs_of_questionnaire on registry.signoffs (organisation_id, questionnaire_id);
alter table registry.signoffs enable row level security;
create policy own_organisation on registry.signoffs
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);
grant select, insert on registry.signoffs to bostemme_registry;

-- migrate:down
-- Forward only: what the council agreed to would be lost.
