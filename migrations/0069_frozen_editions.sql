-- Documents of a round, frozen together: made in the background, and never altered once they are ready. What is
-- corrected becomes a new version that says what was wrong.
-- migrate:up

set local lock_timeout = '10s';

-- `reading`: why there was no reading round. `erratum`: what was corrected since the version before.
create table loop.editions (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  version integer not null check (version > 0),
  state text not null default 'making' check (state in ('making', 'stopped', 'ready')),
  wave text not null,
  reading text not null default '' check (length(reading) <= 500),
  erratum text not null default '' check (length(erratum) <= 500),
  frozen_on date not null default current_date,
  made_by uuid,
  fault text not null default '' check (length(fault) <= 500),
  primary key (organisation_id, id),
  unique (organisation_id, campaign_id, version),
  foreign key (organisation_id, campaign_id) references loop.dossiers (organisation_id, campaign_id),
  foreign key (organisation_id, made_by) references registry.staff (organisation_id, id),
  check (version = 1 or erratum <> '')
);

-- One PDF each. `place`: as in findings. No body: not made yet.
create table loop.edition_files (
  organisation_id uuid not null,
  edition_id uuid not null,
  number integer not null check (number > 0),
  document text not null check (document in ('utleier', 'beboer', 'bilder', 'oppslag', 'plangrunnlag', 'radssak')),
  language text not null,
  level text not null check (level in ('all', 'area', 'estate')),
  place text not null,
  place_name text not null,
  about text not null default '',
  content_hash bytea check (length(content_hash) = 32),
  body bytea,
  primary key (organisation_id, edition_id, number),
  foreign key (organisation_id, edition_id) references loop.editions (organisation_id, id) on delete cascade,
  check ((body is null) = (content_hash is null))
);

do $$
declare
  t text;
begin
  foreach t in array array['editions', 'edition_files'] loop
    execute format('alter table loop.%I enable row level security', t);
    execute format(
      'create policy own_organisation on loop.%I using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;

-- Frozen: nobody's role changes or deletes what is ready, nor a file that is made.
create policy not_ready on loop.editions as restrictive for update using (state <> 'ready') with check (true);
create policy only_unready on loop.editions as restrictive for delete using (state <> 'ready');
create policy not_made on loop.edition_files as restrictive for update using (body is null) with check (true);

grant select on loop.editions, loop.edition_files to bostemme_registry;
grant insert (organisation_id, campaign_id, version, wave, reading, erratum, made_by) on loop.editions to bostemme_registry;
grant update (state, fault), delete on loop.editions to bostemme_registry;
grant insert (organisation_id, edition_id, number, document, language, level, place, place_name, about)
  on loop.edition_files to bostemme_registry;
grant update (content_hash, body) on loop.edition_files to bostemme_registry;

-- migrate:down
-- Forward only: what was handed out must be found again.
