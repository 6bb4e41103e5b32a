-- Two drafts of one module have one id and nothing to do with each other: what a draft was made from is kept, so that a
-- council's sign-off, and the rounds that asked it, follow the draft and not the id of its questionnaire.
-- migrate:up

set local lock_timeout = '10s';

alter table registry.questionnaire_drafts
  add column copied_draft uuid,
  add column copied_version uuid,
  add column made_at timestamptz;
-- Of those that are there it is not known when they were made.
alter table registry.questionnaire_drafts alter column made_at set default clock_timestamp();
-- Nothing stands in the new columns yet: there is nothing to look through.
alter table registry.questionnaire_drafts
  add constraint drafts_of_drafts foreign key (organisation_id, copied_draft)
    references registry.questionnaire_drafts (organisation_id, id) not valid,
  add constraint drafts_of_versions foreign key (organisation_id, copied_version)
    references registry.questionnaire_versions (organisation_id, id) not valid;

create table registry.frozen_drafts (
  organisation_id uuid not null,
  version_id uuid not null,
  draft_id uuid not null,
  primary key (organisation_id, version_id, draft_id),
  foreign key (organisation_id, version_id) references registry.questionnaire_versions (organisation_id, id),
  foreign key (organisation_id, draft_id) references registry.questionnaire_drafts (organisation_id, id)
);
create index versions_of_draft on registry.frozen_drafts (organisation_id, draft_id);
alter table registry.frozen_drafts enable row level security;
create policy own_organisation on registry.frozen_drafts
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);
grant select, insert on registry.frozen_drafts to bostemme_registry;

-- The log knows which version was frozen from which draft.
insert into registry.frozen_drafts (organisation_id, version_id, draft_id)
select distinct v.organisation_id, v.id, d.id
  from registry.audit_log a
  join registry.questionnaire_drafts d on (d.organisation_id, d.id) = (a.organisation_id, a.entity_id)
  join registry.questionnaire_versions v
    on (v.organisation_id, v.questionnaire_id, v.version)
     = (d.organisation_id, d.document ->> 'id', a.details ->> 'version')
 where a.action = 'questionnaire.frozen' and a.entity = 'questionnaire';
update registry.questionnaire_drafts set copied_version = based_on where based_on is not null;

-- migrate:down
-- Forward only: what was made from what would be lost.
