-- What reports read and keep. Runs under the role of the answers, which knows nothing of invitations.

-- name: read_codes(organisation_id, campaign_id)
-- All packed answers of a round, joined end to end by group: one row per estate, language and mode.
-- Answers of estates too small to be named stand under their area, or under the organisation.
select coalesce(estate_id, area_id, organisation_id)::text as estate, language, mode, count(*)::integer as n,
       string_agg(codes, ''::bytea) as codes
  from answers.responses
 where organisation_id = :organisation_id and campaign_id = :campaign_id
 group by 1, 2, 3;

-- name: read_people(organisation_id, campaign_id)
-- Packed answers with a pseudonym; those of an estate too small to be named bear none.
select encode(person, 'hex') as person, estate_id::text as estate, codes
  from answers.responses
 where organisation_id = :organisation_id and campaign_id = :campaign_id and person is not null
   and estate_id is not null
 order by person;

-- name: read_texts(organisation_id, campaign_id, items)
-- Open answers by estate and item, each on its own: no key ties two texts of one person together. Those by open
-- links are read apart.
select coalesce(r.estate_id, r.area_id, r.organisation_id)::text as estate, t.key as item, r.language, t.value as text
  from answers.responses r, jsonb_each_text(r.answers) t
 where r.organisation_id = :organisation_id and r.campaign_id = :campaign_id
   and t.key = any(:items::text[]) and t.value <> '' and r.mode not like 'open:%';

-- name: read_open_texts(organisation_id, campaign_id, items, fewest)
-- The same of open links, each with its stratum; of a stratum with fewer answers in an estate nothing.
select r.estate, t.key as item, r.language, r.mode, t.value as text
  from (select coalesce(estate_id, area_id, organisation_id)::text as estate, language, mode, answers,
               count(*) over (partition by coalesce(estate_id, area_id, organisation_id), mode) as n
          from answers.responses
         where organisation_id = :organisation_id and campaign_id = :campaign_id and mode like 'open:%') r,
       jsonb_each_text(r.answers) t
 where r.n >= :fewest and t.key = any(:items::text[]) and t.value <> '';

-- name: store_wave(organisation_id, campaign_id, content_hash, parquet, responses)!
-- A wave is sealed once; the first seal stands.
insert into answers.waves (organisation_id, campaign_id, content_hash, parquet, responses)
values (:organisation_id, :campaign_id, :content_hash, :parquet, :responses)
on conflict (organisation_id, campaign_id) do nothing;

-- name: load_wave(organisation_id, campaign_id)^
-- The sealed wave of a round, or nothing while it is open; whether a report was published from another.
select w.content_hash, w.parquet,
       exists (select from answers.published p
                where (p.organisation_id, p.campaign_id) = (w.organisation_id, w.campaign_id)
                  and p.wave_hash <> w.content_hash) as replaced
  from answers.waves w
 where w.organisation_id = :organisation_id and w.campaign_id = :campaign_id;

-- name: hold_ledger(campaign_id)$
-- One request of a round is judged at a time; freed when the transaction ends.
select pg_advisory_xact_lock(hashtextextended('told ' || cast(cast(:campaign_id as uuid) as text), 0));

-- name: told(campaign_id)
-- All that was told of a round, in breakdowns and as research data.
select kind, asked, cells, told, wave_hash from answers.told where campaign_id = :campaign_id order by asked;

-- name: add_told(organisation_id, campaign_id, wave_hash, kind, asked, cells, told)!
-- The first time stands.
insert into answers.told (organisation_id, campaign_id, wave_hash, kind, asked, cells, told)
values (:organisation_id, :campaign_id, :wave_hash, :kind, :asked, :cells, :told)
on conflict do nothing;

-- name: hold_organisation(organisation_id)$
-- What is told first of an organisation's rounds is settled one after the other; freed when the transaction ends.
select pg_advisory_xact_lock(hashtextextended('opened ' || cast(cast(:organisation_id as uuid) as text), 0));

-- name: opened(campaign_id)^
-- What stands of a round since its numbers were first told.
select cast(places as text) as places, repeated, unchanged, first_on from answers.opened where campaign_id = :campaign_id;

-- name: told_rounds()
-- Rounds of which something was told: numbers looked at, reports kept, tables, research data.
select campaign_id from answers.opened
 union select campaign_id from answers.published
 union select campaign_id from answers.told;

-- name: add_opened(organisation_id, campaign_id, wave_hash, places, repeated, unchanged)!
-- The first time stands.
insert into answers.opened (organisation_id, campaign_id, wave_hash, places, repeated, unchanged)
values (:organisation_id, :campaign_id, :wave_hash, cast(cast(:places as text) as jsonb), :repeated, :unchanged)
on conflict do nothing;

-- name: margins(campaign_id)
-- What the register has of those a round asked, by question and answers.
select item, codes, number from answers.margins where campaign_id = :campaign_id order by item, codes;

-- name: drop_margins(campaign_id)!
delete from answers.margins where campaign_id = :campaign_id;

-- name: add_margin(organisation_id, campaign_id, item, codes, number)!
insert into answers.margins (organisation_id, campaign_id, item, codes, number)
values (:organisation_id, :campaign_id, :item, :codes, :number);
