-- name: take_role(role)$
-- Until the end of the transaction: an import sees and writes no more than the room it works for.
select set_config('role', :role, true);

-- name: add_closed_round(organisation_id, name, series, questionnaire_version_id, languages, opens_on, closes_on, results_on, source)$
-- Nothing comes back when the name is taken.
insert into registry.campaigns
  (organisation_id, name, series, questionnaire_version_id, languages, opens_on, closes_on, closed_on, results_on, status,
   source)
values (:organisation_id, :name, :series, :questionnaire_version_id, :languages, :opens_on, :closes_on, :closes_on,
        :results_on, 'closed', :source)
on conflict (organisation_id, name) do nothing
returning id;

-- name: add_round_estates(organisation_id, campaign_id, estate_ids, invited, dwellings)!
insert into registry.campaign_estates (organisation_id, campaign_id, estate_id, invited, dwellings)
select :organisation_id, :campaign_id, n.estate_id, n.invited, n.dwellings
  from unnest(cast(:estate_ids as uuid[]), cast(:invited as integer[]), cast(:dwellings as integer[]))
       as n (estate_id, invited, dwellings);

-- name: add_responses(organisation_id, campaign_id, questionnaire_version_id, estate_ids, languages, modes, answers, codes)!
-- Row level security rules out COPY; a few thousand rows a statement come close to it.
insert into answers.responses
  (organisation_id, campaign_id, estate_id, questionnaire_version_id, language, mode, answers, codes)
select :organisation_id, :campaign_id, n.estate_id, :questionnaire_version_id, n.language, n.mode,
       cast(n.answers as jsonb), n.codes
  from unnest(cast(:estate_ids as uuid[]), cast(:languages as text[]), cast(:modes as text[]),
              cast(:answers as text[]), cast(:codes as bytea[])) as n (estate_id, language, mode, answers, codes);
