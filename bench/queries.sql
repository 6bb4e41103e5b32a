-- name: organisation(name)$
insert into registry.organisations (name, kind, fictitious) values (:name, 'municipality', true) returning id;

-- name: area(organisation_id)$
insert into registry.areas (organisation_id, name) values (:organisation_id, 'Bench') returning id;

-- name: estate(organisation_id, area_id, name, dwellings)$
insert into registry.estates (organisation_id, area_id, name, dwellings)
values (:organisation_id, :area_id, :name, :dwellings) returning id;

-- name: version(organisation_id, document)$
insert into registry.questionnaire_versions (organisation_id, questionnaire_id, version, content_hash, document)
values (:organisation_id, 'bench', '1', '\x00', :document) returning id;

-- name: campaign(organisation_id, version_id)$
insert into registry.campaigns (organisation_id, name, series, questionnaire_version_id, languages, opens_on, closes_on,
                                results_on, status)
values (:organisation_id, 'Bench', 'bench', :version_id, '{nb}', current_date - 1, current_date + 1, current_date + 2,
        'open') returning id;

-- name: campaign_estate(organisation_id, campaign_id, estate_id)!
insert into registry.campaign_estates (organisation_id, campaign_id, estate_id, invited)
values (:organisation_id, :campaign_id, :estate_id, 10000);

-- name: invitations(organisation_id, campaign_id, estate_id, token_hashes)!
insert into registry.invitations (organisation_id, campaign_id, estate_id, dwelling, token_hash)
select :organisation_id, :campaign_id, :estate_id, n, hash
  from unnest(:token_hashes::bytea[]) with ordinality as t (hash, n);

-- name: connections()$
-- Processes of our connections, but for the one that asks.
select array_agg(pid) from pg_stat_activity where application_name like 'bostemme-%';

-- name: settle()!
-- Statistics for the planner, and no vacuum in the middle of a measurement.
vacuum analyze answers.responses;

-- name: everything(organisation_id, campaign_id)
-- The usual way, as a peer: every answer as JSON.
select estate_id, answers from answers.responses
 where organisation_id = :organisation_id and campaign_id = :campaign_id;

-- name: floor_table()!
create table if not exists floor (id uuid primary key default gen_random_uuid(), answers jsonb not null,
                                  codes bytea not null);

-- name: floor_insert(answers, codes)!
insert into floor (answers, codes) values (:answers, :codes);

-- name: take_key(organisation_id, campaign_id)$
select ballots.take_key(:organisation_id, :campaign_id);

-- name: close_round(campaign_id)!
-- As the office does it.
with woken as (select pg_notify('bostemme_mixer', ''))
update registry.campaigns set status = 'closed', closed_on = current_date
 where id = :campaign_id and status = 'open' and exists (select from woken);

-- name: always_morning()#
-- The mixer's clock is faster here in this, too: at each look the lot falls on every estate, so that it dies while it
-- mixes open rounds as well.
create or replace function ballots.note_counts() returns integer
language sql security definer set search_path = pg_catalog as $$
  insert into ballots.due (organisation_id, campaign_id, estate_id)
  select distinct b.organisation_id, b.campaign_id, b.estate_id
    from ballots.box b join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
   where c.status = 'open'
  on conflict do nothing;
  select 0
$$;

-- name: answers_of(campaign_id)
select answers::text, estate_id, area_id from answers.responses where campaign_id = :campaign_id;

-- name: state_of(campaign_id)^
-- What is left to do in a round, and what was written down on the way.
select (select count(*) from ballots.box where campaign_id = :campaign_id) as waiting,
       (select count(*) from ballots.drafts where campaign_id = :campaign_id) as drafts,
       (select count(*) from answers.responses where campaign_id = :campaign_id) as answers,
       (select coalesce(sum(size), 0) from ballots.batches where campaign_id = :campaign_id) as mixed,
       (select count(*) from ballots.receipts where campaign_id = :campaign_id and state = 'counted') as counted,
       (select responses from answers.waves where campaign_id = :campaign_id) as sealed,
       (select count(*) from registry.ballot_keys where campaign_id = :campaign_id and destroyed_on is null) as keys;

-- name: estates(organisation_id, area_id, n, dwellings)
insert into registry.estates (organisation_id, area_id, name, dwellings)
select :organisation_id, :area_id, 'Gate ' || g, :dwellings from generate_series(1, :n) g returning id;

-- name: campaign_estates(organisation_id, campaign_id, estate_ids, invited)!
insert into registry.campaign_estates (organisation_id, campaign_id, estate_id, invited)
select :organisation_id, :campaign_id, e, :invited from unnest(:estate_ids::uuid[]) e;

-- name: areas(organisation_id)$
select min(id::text)::uuid from registry.areas where organisation_id = :organisation_id;

-- name: has_key(campaign_id)$
select ballot_key is not null from registry.campaigns where id = :campaign_id;
