-- migrate:up

-- Four roles, none of which can log in by itself; the application takes one on per connection pool.
--   bostemme_registry  the housing office's console: who is invited, never who answered what
--   bostemme_answers   reports: answers per estate, never who is invited
--   bostemme_phone     the tenant's pages: may only call the functions of schema ballots; lists nothing
do $$
declare
  name text;
begin
  foreach name in array array['bostemme_registry', 'bostemme_answers', 'bostemme_phone'] loop
    begin
      execute format('create role %I nologin', name);
    exception when duplicate_object or unique_violation then null;
    end;
    execute format('grant %I to current_user', name);
  end loop;
end $$;

create schema registry;
create schema answers;
create schema ballots;

-- ---------------------------------------------------------------- registry
create table registry.organisations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  kind text not null check (kind in ('municipality', 'housing_company', 'private_landlord', 'student_welfare', 'research')),
  fictitious boolean not null default false
);

create table registry.staff (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  email text not null unique,
  name text not null,
  role text not null check (role in ('officer', 'reader', 'researcher', 'administrator')),
  password_hash text not null,
  active boolean not null default true,
  primary key (organisation_id, id)
);

create table registry.sessions (
  token_hash bytea primary key,
  organisation_id uuid not null,
  staff_id uuid not null,
  csrf_secret bytea not null,
  expires_at timestamptz not null,
  foreign key (organisation_id, staff_id) references registry.staff (organisation_id, id)
);

create table registry.audit_log (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  at timestamptz not null default now(),
  staff_id uuid,
  action text not null,
  entity text not null,
  entity_id uuid,
  details jsonb not null default '{}',
  primary key (organisation_id, id)
);

create table registry.areas (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  parent_id uuid,
  name text not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references registry.areas (organisation_id, id)
);

create table registry.estates (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  area_id uuid not null,
  name text not null,
  dwellings integer check (dwellings between 1 and 10000), -- null: not known (historic surveys)
  primary key (organisation_id, id),
  foreign key (organisation_id, area_id) references registry.areas (organisation_id, id)
);

create table registry.questionnaire_versions (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  questionnaire_id text not null,
  version text not null,
  content_hash bytea not null,
  document jsonb not null,
  primary key (organisation_id, id),
  unique (organisation_id, content_hash)
);

create table registry.campaigns (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  name text not null,
  series text not null,
  questionnaire_version_id uuid not null,
  languages text[] not null,
  opens_on date not null,
  closes_on date not null,
  results_on date not null,
  status text not null default 'draft' check (status in ('draft', 'open', 'closed')),
  source text not null default 'invitations' check (source in ('invitations', 'import')),
  primary key (organisation_id, id),
  foreign key (organisation_id, questionnaire_version_id)
    references registry.questionnaire_versions (organisation_id, id),
  check (opens_on <= closes_on and closes_on <= results_on)
);

create table registry.campaign_estates (
  organisation_id uuid not null,
  campaign_id uuid not null,
  estate_id uuid not null,
  invited integer check (invited >= 0), -- null: not known; intervals then assume an endless population
  primary key (organisation_id, campaign_id, estate_id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id),
  foreign key (organisation_id, estate_id) references registry.estates (organisation_id, id)
);

-- `used` says that the right to answer was spent: never when, never with what.
create table registry.invitations (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  estate_id uuid not null,
  dwelling integer not null,
  token_hash bytea not null unique,
  used boolean not null default false,
  primary key (organisation_id, id),
  foreign key (organisation_id, campaign_id, estate_id)
    references registry.campaign_estates (organisation_id, campaign_id, estate_id)
);
create index invitations_by_campaign on registry.invitations (organisation_id, campaign_id, estate_id);

-- ---------------------------------------------------------------- answers
-- Groups (organisation, campaign, estate) are all that answers and registry have in common.
-- No foreign key into the registry, no time, no sequence, no address of a tenant.
create table answers.responses (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  estate_id uuid not null,
  questionnaire_version_id uuid not null,
  language text not null,
  mode text not null check (mode in ('web', 'paper', 'interview', 'helper', 'proxy', 'import')),
  answers jsonb not null,
  codes bytea not null,
  primary key (organisation_id, id)
);
create index responses_by_campaign on answers.responses (organisation_id, campaign_id, estate_id);

create table answers.waves (
  organisation_id uuid not null,
  campaign_id uuid not null,
  content_hash bytea not null,
  parquet bytea not null,
  responses integer not null,
  primary key (organisation_id, campaign_id)
);

-- ---------------------------------------------------------------- ballots
create table ballots.drafts (
  draft_key bytea primary key,
  campaign_id uuid not null,
  sealed bytea not null check (octet_length(sealed) < 400000)
);

-- What the holder of a token may know: which round it is, never who was meant to hold it.
create function ballots.round_for(p_token_hash bytea)
returns table (
  organisation_id uuid, organisation_name text, fictitious boolean, campaign_id uuid, campaign_name text,
  estate_id uuid, estate_name text, status text, opens_on date, closes_on date, results_on date,
  languages text[], questionnaire_version_id uuid, used boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select c.organisation_id, o.name, o.fictitious, c.id, c.name, e.id, e.name, c.status, c.opens_on, c.closes_on,
         c.results_on, c.languages, c.questionnaire_version_id, i.used
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join registry.organisations o on o.id = i.organisation_id
   where i.token_hash = p_token_hash
$$;

create function ballots.questionnaire(p_version_id uuid) returns jsonb
language sql stable security definer set search_path = pg_catalog as $$
  select document from registry.questionnaire_versions where id = p_version_id
$$;

create function ballots.load_draft(p_draft_key bytea) returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select sealed from ballots.drafts where draft_key = p_draft_key
$$;

-- False when the round is not open or the invitation is used: a late page must not bring a draft back to life.
create function ballots.save_draft(p_token_hash bytea, p_draft_key bytea, p_sealed bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select c.id into v_campaign
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
   where i.token_hash = p_token_hash and not i.used and c.status = 'open'
     and current_date between c.opens_on and c.closes_on
     for share of i;
  if not found then
    return false;
  end if;
  insert into ballots.drafts (draft_key, campaign_id, sealed) values (p_draft_key, v_campaign, p_sealed)
  on conflict (draft_key) do update set sealed = excluded.sealed;
  return true;
end $$;

-- The one transaction of a submission: the right to answer is spent, the answer is stored, the draft dies.
-- 'accepted' | 'already' | 'closed' | 'unknown'
create function ballots.submit(
  p_token_hash bytea, p_draft_key bytea, p_language text, p_mode text, p_answers jsonb, p_codes bytea)
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  select i.organisation_id, i.id, i.estate_id, i.used, c.id as campaign_id, c.status, c.opens_on, c.closes_on,
         c.questionnaire_version_id
    into v
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
   where i.token_hash = p_token_hash
     for share of c;
  if not found then
    return 'unknown';
  end if;
  if v.used then
    return 'already';
  end if;
  if v.status <> 'open' or current_date not between v.opens_on and v.closes_on then
    return 'closed';
  end if;
  update registry.invitations set used = true
   where organisation_id = v.organisation_id and id = v.id and not used;
  if not found then
    return 'already';
  end if;
  insert into answers.responses
    (organisation_id, campaign_id, estate_id, questionnaire_version_id, language, mode, answers, codes)
  values (v.organisation_id, v.campaign_id, v.estate_id, v.questionnaire_version_id, p_language, p_mode,
          p_answers, p_codes);
  delete from ballots.drafts where draft_key = p_draft_key;
  return 'accepted';
end $$;

-- Closing a round ends every draft of it.
create function ballots.drop_drafts(p_campaign_id uuid) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from ballots.drafts where campaign_id = p_campaign_id
$$;

-- ---------------------------------------------------------------- signing in
create function registry.staff_by_email(p_email text)
returns table (organisation_id uuid, id uuid, name text, role text, password_hash text)
language sql stable security definer set search_path = pg_catalog as $$
  select organisation_id, id, name, role, password_hash from registry.staff
   where email = lower(p_email) and active
$$;

create function registry.open_session(p_token_hash bytea, p_organisation_id uuid, p_staff_id uuid, p_csrf bytea, p_hours integer)
returns void language sql security definer set search_path = pg_catalog as $$
  delete from registry.sessions where expires_at < now();
  insert into registry.sessions (token_hash, organisation_id, staff_id, csrf_secret, expires_at)
  values (p_token_hash, p_organisation_id, p_staff_id, p_csrf, now() + make_interval(hours => p_hours))
$$;

create function registry.session(p_token_hash bytea)
returns table (organisation_id uuid, organisation_name text, fictitious boolean, staff_id uuid, staff_name text, role text, csrf_secret bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select s.organisation_id, o.name, o.fictitious, p.id, p.name, p.role, s.csrf_secret
    from registry.sessions s
    join registry.staff p on (p.organisation_id, p.id) = (s.organisation_id, s.staff_id)
    join registry.organisations o on o.id = s.organisation_id
   where s.token_hash = p_token_hash and s.expires_at > now() and p.active
$$;

create function registry.close_session(p_token_hash bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from registry.sessions where token_hash = p_token_hash
$$;

-- A new password or a closed account ends every session at once.
create function registry.close_sessions_of(p_organisation_id uuid, p_staff_id uuid) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from registry.sessions where organisation_id = p_organisation_id and staff_id = p_staff_id
$$;

-- ---------------------------------------------------------------- organisations are held apart
do $$
declare
  t text;
begin
  foreach t in array array['registry.staff', 'registry.audit_log', 'registry.areas', 'registry.estates',
      'registry.questionnaire_versions', 'registry.campaigns', 'registry.campaign_estates',
      'registry.invitations', 'answers.responses', 'answers.waves'] loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'create policy own_organisation on %s using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
alter table registry.organisations enable row level security;
create policy own_organisation on registry.organisations
  using (id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);

-- ---------------------------------------------------------------- who may do what
revoke all on all functions in schema ballots, registry from public;
grant usage on schema ballots to bostemme_phone;
grant execute on function ballots.round_for, ballots.questionnaire, ballots.load_draft, ballots.save_draft,
  ballots.submit to bostemme_phone;

grant usage on schema registry, ballots to bostemme_registry;
grant execute on function registry.staff_by_email, registry.open_session, registry.session,
  registry.close_session, registry.close_sessions_of, ballots.drop_drafts to bostemme_registry;
grant select on registry.organisations, registry.audit_log to bostemme_registry;
grant insert on registry.audit_log to bostemme_registry;
grant select, insert, update on registry.staff, registry.areas, registry.estates, registry.campaigns,
  registry.campaign_estates to bostemme_registry;
grant select, insert on registry.questionnaire_versions to bostemme_registry;
-- The console may make and re-issue invitations but never read `used` or a token's hash.
grant insert (organisation_id, id, campaign_id, estate_id, dwelling, token_hash),
  select (organisation_id, id, campaign_id, estate_id, dwelling),
  update (token_hash) on registry.invitations to bostemme_registry;

grant usage on schema answers to bostemme_answers;
grant select, insert on answers.responses, answers.waves to bostemme_answers;

-- migrate:down
drop schema ballots cascade;
drop schema answers cascade;
drop schema registry cascade;
