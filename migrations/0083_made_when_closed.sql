-- Documents of a round are made by themselves when it is closed and sealed: as drafts, once. A reading round and freezing
-- remain a person's.
-- migrate:up

set local lock_timeout = '10s';

create table loop.on_close (
  organisation_id uuid not null,
  campaign_id uuid not null,
  documents text[] not null check (cardinality(documents) between 1 and 10),
  languages text[] not null check (cardinality(languages) between 1 and 20),
  places text[] not null check (cardinality(places) between 1 and 2),
  set_by uuid,
  state text not null default 'waiting' check (state in ('waiting', 'made', 'failed')),
  fault text not null default '' check (length(fault) <= 500),
  primary key (organisation_id, campaign_id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade,
  foreign key (organisation_id, set_by) references registry.staff (organisation_id, id)
);
alter table loop.on_close enable row level security;
create policy own_organisation on loop.on_close
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);
-- Once: what was done is not done again.
create policy only_waiting on loop.on_close as restrictive for update using (state = 'waiting') with check (true);
create policy only_waiting_dropped on loop.on_close as restrictive for delete using (state = 'waiting');
grant select, delete on loop.on_close to bostemme_registry;
grant insert (organisation_id, campaign_id, documents, languages, places, set_by) on loop.on_close to bostemme_registry;
grant update (documents, languages, places, set_by, state, fault) on loop.on_close to bostemme_registry;

-- A draft has no version: 0, of which a round has one at most. It is never frozen, so that nothing of it is published or sent.
alter table loop.editions add column automatic boolean not null default false;
grant insert (automatic) on loop.editions to bostemme_registry;
-- squawk-ignore ban-drop-constraint
alter table loop.editions drop constraint editions_version_check;
-- squawk-ignore ban-drop-constraint
alter table loop.editions drop constraint editions_state_check;
-- squawk-ignore ban-drop-constraint
alter table loop.editions drop constraint editions_check;
alter table loop.editions add constraint editions_version_check check (automatic = (version = 0) and version >= 0) not valid;
alter table loop.editions add constraint editions_state_check check
  (state in ('making', 'stopped', case when automatic then 'draft' else 'ready' end)) not valid;
alter table loop.editions add constraint editions_check check (version <= 1 or erratum <> '') not valid;
-- squawk-ignore constraint-missing-not-valid
alter table loop.editions validate constraint editions_version_check;
-- squawk-ignore constraint-missing-not-valid
alter table loop.editions validate constraint editions_state_check;
-- squawk-ignore constraint-missing-not-valid
alter table loop.editions validate constraint editions_check;

-- Rounds whose documents are to be made now: closed, and sealed.
create function loop.due_on_close() returns table (organisation_id uuid, campaign_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select o.organisation_id, o.campaign_id
    from loop.on_close o
    join registry.campaigns c on (c.organisation_id, c.id) = (o.organisation_id, o.campaign_id) and c.status = 'closed'
    join answers.waves w on (w.organisation_id, w.campaign_id) = (o.organisation_id, o.campaign_id)
   where o.state = 'waiting'
$$;
revoke all on function loop.due_on_close from public;
grant execute on function loop.due_on_close to bostemme_registry;

-- migrate:down
-- Forward only.
