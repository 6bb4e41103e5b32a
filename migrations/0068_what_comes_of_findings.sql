-- What comes of findings: the list that was talked about, what the landlord replies, what will be done, and which plan
-- it goes into. Protected figures and words of staff: nothing here is nearer to an answer than the report is.
-- migrate:up

set local lock_timeout = '10s';

create schema loop;

-- The findings of a round as they stood when work on them began: replies hang on them after the answers are deleted.
-- `head`: of the list, all but the findings.
create table loop.dossiers (
  organisation_id uuid not null,
  campaign_id uuid not null,
  head jsonb not null,
  begun_on date not null default current_date,
  done_on date,
  primary key (organisation_id, campaign_id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id)
);

create table loop.findings (
  organisation_id uuid not null,
  campaign_id uuid not null,
  id text not null check (id ~ '^[0-9a-f]{20}$'),
  number integer not null,
  document jsonb not null,
  primary key (organisation_id, campaign_id, id),
  unique (organisation_id, campaign_id, number),
  foreign key (organisation_id, campaign_id) references loop.dossiers (organisation_id, campaign_id)
);

create table loop.replies (
  organisation_id uuid not null,
  campaign_id uuid not null,
  finding_id text not null,
  kind text not null check (kind in ('innfridd', 'delvis', 'alternativ', 'grunn', 'parkert')),
  body text not null check (length(body) between 1 and 1000),
  alternative text not null default '' check (length(alternative) <= 500),
  place text not null default '' check (length(place) <= 200),
  due_on date,
  revision integer not null default 1,
  changed_by uuid,
  changed_at timestamptz not null default now(),
  primary key (organisation_id, campaign_id, finding_id),
  foreign key (organisation_id, campaign_id, finding_id) references loop.findings (organisation_id, campaign_id, id),
  foreign key (organisation_id, changed_by) references registry.staff (organisation_id, id),
  check (kind <> 'alternativ' or alternative <> ''),
  check (kind <> 'parkert' or (place <> '' and due_on is not null))
);

-- Three kinds of it, as equals. What residents know is written down by the office where it was said at a meeting; what
-- they wrote themselves is kept apart.
create table loop.knowledge (
  organisation_id uuid not null,
  campaign_id uuid not null,
  finding_id text not null,
  residents text not null default '' check (length(residents) <= 1000),
  practice text not null default '' check (length(practice) <= 1000),
  research text not null default '' check (length(research) <= 1000),
  revision integer not null default 1,
  changed_by uuid,
  changed_at timestamptz not null default now(),
  primary key (organisation_id, campaign_id, finding_id),
  foreign key (organisation_id, campaign_id, finding_id) references loop.findings (organisation_id, campaign_id, id),
  foreign key (organisation_id, changed_by) references registry.staff (organisation_id, id)
);

create table loop.measures (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  title text not null check (length(title) between 1 and 200),
  owner text not null check (owner in ('utleier', 'beboere', 'begge')),
  level text not null check (level in ('individ', 'kollektiv', 'system')),
  unit text not null default '' check (length(unit) <= 120),
  due_on date,
  budget_line text not null default '' check (length(budget_line) <= 120),
  status text not null check (status in ('planned', 'under_way', 'done', 'stopped')),
  hoped text not null default '' check (length(hoped) <= 500),
  outcome text not null default '' check (length(outcome) <= 1000),
  effect text check (effect in ('better', 'same', 'worse', 'unknown')),
  verdict text check (verdict in ('go_on', 'end')),
  removed boolean not null default false,
  revision integer not null default 1,
  made_at timestamptz not null default now(),
  changed_by uuid,
  changed_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, campaign_id) references loop.dossiers (organisation_id, campaign_id),
  foreign key (organisation_id, changed_by) references registry.staff (organisation_id, id)
);
create index measures_of_round on loop.measures (organisation_id, campaign_id);

create table loop.measure_findings (
  organisation_id uuid not null,
  measure_id uuid not null,
  campaign_id uuid not null,
  finding_id text not null,
  primary key (organisation_id, measure_id, finding_id),
  foreign key (organisation_id, measure_id) references loop.measures (organisation_id, id),
  foreign key (organisation_id, campaign_id, finding_id) references loop.findings (organisation_id, campaign_id, id)
);

create table loop.plans (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('kommuneplan', 'boligsosial', 'temaplan', 'omradeplan', 'handlingsplan', 'arsberetning', 'annen')),
  first_year integer not null check (first_year between 1990 and 2100),
  last_year integer not null check (last_year between 1990 and 2100),
  removed boolean not null default false,
  revision integer not null default 1,
  primary key (organisation_id, id),
  foreign key (organisation_id) references registry.organisations (id),
  check (first_year <= last_year)
);

-- A goal that something was tied to is never gone without a word: `gone_on` is printed beside it.
create table loop.goals (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  plan_id uuid not null,
  number text not null check (length(number) between 1 and 20),
  body text not null check (length(body) between 1 and 500),
  gone_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, plan_id) references loop.plans (organisation_id, id)
);
create index goals_of_plan on loop.goals (organisation_id, plan_id);

create table loop.ties (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  finding_id text not null,
  goal_id uuid,
  law text not null default '' check (length(law) <= 40),
  reasoning text not null check (length(reasoning) between 1 and 500),
  primary key (organisation_id, id),
  foreign key (organisation_id, campaign_id, finding_id) references loop.findings (organisation_id, campaign_id, id),
  foreign key (organisation_id, goal_id) references loop.goals (organisation_id, id),
  check (goal_id is not null or law <> '')
);
create index ties_of_finding on loop.ties (organisation_id, campaign_id, finding_id);

do $$
declare
  t text;
begin
  foreach t in array array['dossiers', 'findings', 'replies', 'knowledge', 'measures', 'measure_findings', 'plans', 'goals', 'ties'] loop
    execute format('alter table loop.%I enable row level security', t);
    execute format(
      'create policy own_organisation on loop.%I using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;

grant usage on schema loop to bostemme_registry;
grant select on all tables in schema loop to bostemme_registry;
grant insert (organisation_id, campaign_id, head) on loop.dossiers to bostemme_registry;
grant update (done_on) on loop.dossiers to bostemme_registry;
grant insert on loop.findings to bostemme_registry;
grant insert (organisation_id, campaign_id, finding_id, kind, body, alternative, place, due_on, changed_by)
  on loop.replies to bostemme_registry;
grant update (kind, body, alternative, place, due_on, revision, changed_by, changed_at) on loop.replies to bostemme_registry;
grant delete on loop.replies to bostemme_registry;
grant insert (organisation_id, campaign_id, finding_id, residents, practice, research, changed_by)
  on loop.knowledge to bostemme_registry;
grant update (residents, practice, research, revision, changed_by, changed_at) on loop.knowledge to bostemme_registry;
grant insert (organisation_id, campaign_id, title, owner, level, unit, due_on, budget_line, status, hoped, changed_by)
  on loop.measures to bostemme_registry;
grant update (title, owner, level, unit, due_on, budget_line, status, hoped, outcome, effect, verdict, removed, revision,
              changed_by, changed_at) on loop.measures to bostemme_registry;
grant insert, delete on loop.measure_findings to bostemme_registry;
grant insert (organisation_id, name, kind, first_year, last_year) on loop.plans to bostemme_registry;
grant update (name, kind, first_year, last_year, removed, revision) on loop.plans to bostemme_registry;
grant insert (organisation_id, plan_id, number, body) on loop.goals to bostemme_registry;
grant update (number, body, gone_on) on loop.goals to bostemme_registry;
grant insert (organisation_id, campaign_id, finding_id, goal_id, law, reasoning) on loop.ties to bostemme_registry;
grant delete on loop.ties to bostemme_registry;

-- migrate:down
-- Forward only: what landlord and tenants agreed on would be lost.
