-- name: rounds(id)
-- Every round of the organisation, newest first, with how many dwellings were asked.
select c.id, c.name, c.series, c.status, c.source, c.languages, c.opens_on, c.closes_on, c.closed_on,
       c.results_on, c.declared_grade, c.declared::text as declared, c.questionnaire_version_id, v.questionnaire_id, v.version, v.content_hash,
       c.archive_years, c.contact_days, c.contacts_due_on, c.answers_due_on, c.answers_deleted_on, c.salt,
       registry.day_of(c) as today, c.status = 'open' and c.begun and current_date < c.opens_on as clock_back,
       c.panel_id, c.wave, p.waves, p.ended_on, f.name as panel_name
  from registry.campaigns c
  join registry.questionnaire_versions v
    on (v.organisation_id, v.id) = (c.organisation_id, c.questionnaire_version_id)
  left join registry.panels p on (p.organisation_id, p.id) = (c.organisation_id, c.panel_id)
  left join registry.campaigns f on (f.organisation_id, f.panel_id, f.wave) = (c.organisation_id, c.panel_id, 1)
 where cast(:id as uuid) is null or c.id = :id
 order by least(c.closes_on, c.closed_on) desc, c.opens_on desc, c.name, c.id;

-- name: round_estates(ids)
-- The estates of some rounds, by area and name; of closed rounds in the areas, and in the order, of the day they closed.
select ce.campaign_id, e.id, e.name, coalesce(ce.area_id, a.id) as area_id, coalesce(ce.area, a.name) as area, ce.invited, ce.dwellings, ce.pooled_under,
       coalesce(l.under, '{}') as elsewhere_under, coalesce(l.least, 0) as elsewhere_least, coalesce(l.most, 0) as elsewhere_most
  from registry.campaign_estates ce
  left join lateral (select array_agg(x.under order by x.under) as under, sum(x.least)::integer as least,
                            sum(x.most)::integer as most
                       from registry.counted_elsewhere x
                      where (x.organisation_id, x.campaign_id, x.estate_id)
                            = (ce.organisation_id, ce.campaign_id, ce.estate_id)) l on true
  join registry.estates e on (e.organisation_id, e.id) = (ce.organisation_id, ce.estate_id)
  join registry.areas a on (a.organisation_id, a.id) = (e.organisation_id, e.area_id)
 where ce.campaign_id = any(cast(:ids as uuid[]))
 order by coalesce(ce.area, a.name), coalesce(ce.called, e.name), e.id;

-- name: response_counts(ids)
-- Role answers: how many have answered, per round and estate, as far as it may be told; nothing else. Of open rounds it is
-- what was noted in the morning; nothing of rounds that are being counted. Nothing below 5, and nothing of estates too
-- small to be named.
select campaign_id, estate_id, n from answers.told_counts(cast(:ids as uuid[]));

-- name: being_counted(ids)
-- Role answers: which of these are closed and wait for the mixer.
select id from answers.being_counted(cast(:ids as uuid[])) as counted (id);

-- name: pooled_counts(ids)
-- Role answers: of closed rounds, how many answers stand under an area (null: the organisation) without an estate's name.
select campaign_id, area_id, n from answers.pooled_counts(cast(:ids as uuid[]));

-- name: noted_on(ids)
-- Role answers: the day on which open rounds were last counted; nothing of those that never were.
select campaign_id, noted_on from answers.noted_on(cast(:ids as uuid[]));

-- name: declined_counts(ids)
-- About how many of those who did not answer did not wish to take part, per round, in whole fives; nothing below 20.
select campaign_id, n from ballots.declined_counts(cast(:ids as uuid[])) where n is not null;

-- name: not_again_count(id)^
-- How many do not wish to be asked again, and how many are therefore not written to; nothing below 5.
select not_again, left_out from ballots.not_again_counts(array[cast(:id as uuid)]);

-- name: left_out(id)
-- Invitations of a round that get no letter: their homes have asked for it.
select own_left_out as id from registry.own_left_out(:id);

-- name: ballots_waiting(id)$
-- Role answers: whether the mixer has work left in a closed round.
select answers.still_mixing(:id);

-- name: unsealed()
-- Of all organisations: closed rounds whose answers are all out of the box and not yet sealed.
select * from ballots.unsealed();

-- name: add_panel(organisation_id, waves)$
insert into registry.panels (organisation_id, waves) values (:organisation_id, :waves) returning id;

-- name: drop_unused_panel(id)!
delete from registry.panels p
 where p.id = :id and p.panel_key is null
   and not exists (select from registry.campaigns c where c.organisation_id = p.organisation_id and c.panel_id = p.id);

-- name: lock_panel_rounds(id)
-- The waves of a panel, held until the end of the transaction.
select c.id, c.wave, c.status from registry.campaigns c where c.panel_id = :id order by c.wave for update;

-- name: panels_ready()
-- Panels whose last wave is closed and that have waves left, by the name of the first.
select p.id, f.name, l.wave + 1 as next_wave, p.waves, l.id as last_round
  from registry.panels p
  join registry.campaigns f on (f.organisation_id, f.panel_id, f.wave) = (p.organisation_id, p.id, 1)
  join lateral (select c.id, c.wave, c.status from registry.campaigns c
                 where (c.organisation_id, c.panel_id) = (p.organisation_id, p.id)
                 order by c.wave desc limit 1) l on true
 where p.ended_on is null and l.status = 'closed' and l.wave < p.waves
 order by f.name;

-- name: panel(id)^
select id, waves, ended_on from registry.panels where id = :id;

-- name: panel_members(id)
-- Whom the next wave asks by the link they have.
select m.id, m.estate_id, m.dwelling
  from registry.panel_members m
  join registry.campaigns c on (c.organisation_id, c.panel_id) = (m.organisation_id, m.panel_id)
 where c.id = :id
 order by m.estate_id, m.dwelling, m.id;

-- name: take_panel_key(organisation_id, id)$
-- The public name of the panel's key; nothing when none is in stock.
select registry.take_panel_key(:organisation_id, :id);

-- name: carry_links(id)$
-- The links that members of the panel have lead to this round from now on; how many.
select registry.carry_links(:id);

-- name: end_panel(id)$
select registry.end_panel(:id);

-- name: release_members(ids)$
-- These get a link of their own: others live there now, or the letter is lost.
select registry.release_members(cast(:ids as uuid[]));

-- name: take_ballot_key(organisation_id, id)$
-- The public half of a key for the round; nothing when none is in stock.
select registry.take_ballot_key(:organisation_id, :id);

-- name: wake_mixer()$
-- It would look by itself in a few seconds; this way it looks as soon as we have committed.
select pg_notify('bostemme_mixer', '')::text;

-- name: keep_questionnaire(organisation_id, questionnaire_id, version, content_hash, document)!
-- An immutable version, kept once per organisation.
insert into registry.questionnaire_versions (organisation_id, questionnaire_id, version, content_hash, document)
values (:organisation_id, :questionnaire_id, :version, :content_hash, cast(cast(:document as text) as jsonb))
on conflict (organisation_id, content_hash) do nothing;

-- name: questionnaire_version_id(content_hash)$
select id from registry.questionnaire_versions where content_hash = :content_hash;

-- name: questionnaire_document(id)$
select document::text from registry.questionnaire_versions where id = :id;

-- name: add_round(organisation_id, name, series, questionnaire_version_id, languages, opens_on, closes_on, results_on, declared_grade, declared, archive_years, contact_days, panel_id, wave)$
-- Nothing comes back when the name is taken.
insert into registry.campaigns
  (organisation_id, name, series, questionnaire_version_id, languages, opens_on, closes_on, results_on, declared_grade,
   declared, archive_years, contact_days, panel_id, wave)
values (:organisation_id, :name, :series, :questionnaire_version_id, :languages, :opens_on, :closes_on, :results_on,
        :declared_grade, cast(cast(:declared as text) as jsonb), :archive_years, :contact_days, :panel_id, :wave)
on conflict (organisation_id, name) do nothing
returning id;

-- name: add_round_estates(campaign_id, estate_ids, drawn)!
-- The number asked is the number of dwellings on the day the estate is chosen, or as many of them as shall be `drawn`; a
-- sample that takes them all is none.
insert into registry.campaign_estates (organisation_id, campaign_id, estate_id, invited, dwellings)
select e.organisation_id, :campaign_id, e.id, least(n.drawn, e.dwellings),
       case when n.drawn < e.dwellings then e.dwellings end
  from unnest(cast(:estate_ids as uuid[]), cast(:drawn as integer[])) as n (estate_id, drawn)
  join registry.estates e on e.id = n.estate_id
 where e.dwellings is not null and not e.archived
   for share of e;

-- name: change_draft(name, languages, opens_on, closes_on, results_on, declared_grade, declared, archive_years, contact_days, id)!
update registry.campaigns
   set name = :name, languages = :languages, opens_on = :opens_on, closes_on = :closes_on,
       results_on = :results_on, declared_grade = :declared_grade,
       declared = cast(cast(:declared as text) as jsonb), archive_years = :archive_years,
       contact_days = :contact_days
 where id = :id;

-- name: change_questionnaire(id, questionnaire_version_id)!
-- A round that was opened keeps its own: a trigger refuses another.
update registry.campaigns set questionnaire_version_id = :questionnaire_version_id where id = :id;

-- name: drop_invitations(id)!
-- The policy of the table lets go of those of a draft only.
delete from registry.invitations where campaign_id = :id;

-- name: drop_round_estates(id)!
delete from registry.campaign_estates where campaign_id = :id;

-- name: delete_draft(id)!
delete from registry.campaigns where id = :id;

-- name: move_deadline(closes_on, results_on, id)!
update registry.campaigns set closes_on = :closes_on, results_on = :results_on where id = :id;

-- name: lock_rounds_asking(estate_id)
-- The rounds with this estate that are not closed, held until the end of the transaction.
select c.id
  from registry.campaigns c
  join registry.campaign_estates ce on (ce.organisation_id, ce.campaign_id) = (c.organisation_id, c.id)
 where ce.estate_id = :estate_id and c.status <> 'closed'
 order by c.id
   for update of c;

-- name: rounds_asking(estate_id)
-- Every round with this estate, newest first; `held`: its number of dwellings has been promised a link each, or a chance
-- of one; `homes`: that number, which is not that of the invited where persons or a sample are asked.
select c.name, c.status, ce.invited,
       coalesce(ce.dwellings,
                (select max(i.dwelling) from registry.invitations i
                  where (i.organisation_id, i.campaign_id, i.estate_id)
                        = (ce.organisation_id, ce.campaign_id, ce.estate_id) and i.source is null),
                ce.invited) as homes,
       c.status = 'open' or exists (select from registry.invitations i where i.campaign_id = c.id) as held
  from registry.campaigns c
  join registry.campaign_estates ce on (ce.organisation_id, ce.campaign_id) = (c.organisation_id, c.id)
 where ce.estate_id = :estate_id
 order by c.closes_on desc, c.name, c.id;

-- name: drafts_follow(invited, estate_id)!
-- Drafts without links ask as many as live there now, or draw their sample from them.
update registry.campaign_estates ce
   set invited = case when ce.dwellings is null then :invited else least(ce.invited, :invited) end,
       dwellings = case when ce.invited < :invited and ce.dwellings is not null then :invited end
  from registry.campaigns c
 where (c.organisation_id, c.id) = (ce.organisation_id, ce.campaign_id)
   and ce.estate_id = :estate_id and c.status = 'draft'
   and not exists (select from registry.invitations i where i.campaign_id = c.id);

-- name: lock_round(id)^
-- One change of a round at a time.
select c.id, c.name, c.status, c.source, c.opens_on, c.closes_on, c.results_on, c.panel_id, registry.day_of(c) as today
  from registry.campaigns c where c.id = :id for update;

-- name: open_round(id)!
update registry.campaigns set status = 'open' where id = :id;

-- name: close_round(id)!
-- The day is kept: a round may be closed before its deadline, and reports say until when answers were taken. Nothing is
-- told, and no draft gone, before the mixer has looked.
update registry.campaigns set status = 'closed' where id = :id;

-- name: invitations(id)
-- The rights to answer of a round: which dwelling, never whether it was used.
select i.id, i.estate_id, i.dwelling, i.member_id is not null as carried
  from registry.invitations i
 where i.campaign_id = :id and i.source is null
 order by i.estate_id, i.dwelling, i.id;

-- name: has_invitations(id)$
-- Those of open links are made by whoever follows one.
select exists (select 1 from registry.invitations where campaign_id = :id and source is null);

-- name: links_handed_out(id)$
select links_handed_out from registry.campaigns where id = :id;

-- name: note_handed_out(id)!
update registry.campaigns set links_handed_out = true where id = :id and not links_handed_out;

-- name: forget_handed_out(id)!
-- Of a draft whose links were dropped: what is out opens nothing.
update registry.campaigns set links_handed_out = false where id = :id and links_handed_out;

-- name: add_invitations(organisation_id, campaign_id, ids, estate_ids, dwellings, token_hashes)!
insert into registry.invitations (organisation_id, campaign_id, id, estate_id, dwelling, token_hash)
select :organisation_id, :campaign_id, n.id, n.estate_id, n.dwelling, n.token_hash
  from unnest(cast(:ids as uuid[]), cast(:estate_ids as uuid[]), cast(:dwellings as integer[]),
              cast(:token_hashes as bytea[])) as n (id, estate_id, dwelling, token_hash);

-- name: add_members_invitations(organisation_id, campaign_id, member_ids, estate_ids, dwellings, token_hashes)!
-- Each is opened by a link that nobody has until the links are carried over.
insert into registry.invitations (organisation_id, campaign_id, member_id, estate_id, dwelling, token_hash)
select :organisation_id, :campaign_id, n.id, n.estate_id, n.dwelling, n.token_hash
  from unnest(cast(:member_ids as uuid[]), cast(:estate_ids as uuid[]), cast(:dwellings as integer[]),
              cast(:token_hashes as bytea[])) as n (id, estate_id, dwelling, token_hash);

-- name: replace_tokens(ids, token_hashes)$
-- New links for the same rights: whoever has answered still has, the old links open nothing. Waits for those who are
-- sending in the round.
select registry.replace_tokens(cast(:ids as uuid[]), cast(:token_hashes as bytea[]));

-- name: previous_round(id)$
-- The round of the same series that took its last answers before this one; of the same day, the one planned earlier.
select p.id
  from registry.campaigns c
  join registry.campaigns p
    on p.organisation_id = c.organisation_id and p.series = c.series and p.id <> c.id and p.status = 'closed'
   and (least(p.closes_on, p.closed_on), p.closes_on, p.opens_on)
     < (least(c.closes_on, c.closed_on), c.closes_on, c.opens_on)
 where c.id = :id
 order by least(p.closes_on, p.closed_on) desc, p.closes_on desc, p.opens_on desc, p.id
 limit 1;

-- name: today()$
select current_date;

-- name: offers(campaign_id)$
-- Whether anything has been said of comparing the round with others.
select exists (select from peers.offers where campaign_id = :campaign_id);

-- name: offer_names(campaign_id)
select name from peers.named(:campaign_id) as name;

-- name: organisation_to_name(name)$
-- Another organisation with this name; null when there is none.
select peers.organisation_named(:name);

-- name: add_offer(organisation_id, campaign_id, with_organisation_id)!
insert into peers.offers (organisation_id, campaign_id, with_organisation_id)
values (:organisation_id, :campaign_id, :with_organisation_id)
on conflict do nothing;

-- name: drop_offers(campaign_id)$
with gone as (delete from peers.offers where campaign_id = :campaign_id returning 1) select count(*) from gone;

-- name: put_shared(organisation_id, campaign_id, wave_hash, shared)!
-- Role answers, as the two below.
insert into peers.figures (organisation_id, campaign_id, wave_hash, shared)
values (:organisation_id, :campaign_id, :wave_hash, :shared)
on conflict (organisation_id, campaign_id) do update set wave_hash = excluded.wave_hash, shared = excluded.shared;

-- name: drop_shared(campaign_id)!
delete from peers.figures where campaign_id = :campaign_id;

-- name: shared_with(campaign_id)
-- What others show whom this round of ours may be compared with; row level security leaves those who agreed too.
select f.shared
  from peers.figures f
 where f.organisation_id <> peers.own()
   and exists (select from peers.offers o
                where o.campaign_id = :campaign_id
                  and coalesce(o.with_organisation_id, f.organisation_id) = f.organisation_id)
 order by f.organisation_id, f.campaign_id;
