-- Questionnaires in the making, and the steps that led there. They belong to the office alone: nothing of tenants is in them.
-- migrate:up

create table registry.questionnaire_drafts (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  document jsonb not null,
  revision integer not null default 1,
  based_on uuid,
  archived boolean not null default false,
  changed_by uuid,
  changed_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, based_on) references registry.questionnaire_versions (organisation_id, id),
  foreign key (organisation_id, changed_by) references registry.staff (organisation_id, id)
);

-- What each step changed can be taken back: `document` is what there was before it, or, once it is undone, after it.
create table registry.questionnaire_steps (
  organisation_id uuid not null,
  draft_id uuid not null,
  number integer not null,
  document jsonb not null,
  action text not null,
  about text not null,
  undone boolean not null default false,
  staff_id uuid,
  at timestamptz not null default now(),
  primary key (organisation_id, draft_id, number),
  foreign key (organisation_id, draft_id) references registry.questionnaire_drafts (organisation_id, id),
  foreign key (organisation_id, staff_id) references registry.staff (organisation_id, id)
);

do $$
declare
  t text;
begin
  foreach t in array array['registry.questionnaire_drafts', 'registry.questionnaire_steps'] loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'create policy own_organisation on %s using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
grant select, insert on registry.questionnaire_drafts to bostemme_registry;
grant update (name, document, revision, based_on, archived, changed_by, changed_at)
  on registry.questionnaire_drafts to bostemme_registry;
grant select, insert, delete on registry.questionnaire_steps to bostemme_registry;
grant update (document, undone) on registry.questionnaire_steps to bostemme_registry;

-- migrate:down
-- Forward only: what somebody wrote would be lost.
