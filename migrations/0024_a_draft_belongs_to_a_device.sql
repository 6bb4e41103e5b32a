-- migrate:up

set local lock_timeout = '10s';

-- A draft is found by link and device together, until its owner lays it by under the link alone. Then it moves: there
-- is one of it at a time, so that what lies open under a link is gone from there the moment somebody takes it up.

-- As before, with the draft that is laid by under the link as well, for the pages that offer to take it up.
-- squawk-ignore ban-drop-function
drop function ballots.visit(bytea, bytea);
create function ballots.visit(p_token_hash bytea, p_draft_key bytea, p_paused_key bytea default null)
returns table (
  organisation_name text, fictitious boolean, campaign_name text, estate_name text, status text, opens_on date,
  closes_on date, closed_on date, results_on date, today date, languages text[], questionnaire_version_id uuid,
  ballot_key bytea, invited boolean, sealed bytea, paused bytea, panel_id uuid, wave integer, waves integer,
  linkable boolean, archive_years integer)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return query
  select o.name, o.fictitious, c.name, e.name, c.status, c.opens_on, c.closes_on, c.closed_on, c.results_on, current_date,
         c.languages, c.questionnaire_version_id, c.ballot_key, i.source is null, d.sealed, l.sealed, p.id, c.wave,
         p.waves, k.public_key is not null, c.archive_years
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join registry.organisations o on o.id = i.organisation_id
    left join registry.panels p on (p.organisation_id, p.id) = (c.organisation_id, c.panel_id) and i.source is null
    left join registry.ballot_keys k on k.public_key = p.panel_key and k.destroyed_on is null and p.ended_on is null
    left join ballots.drafts d on d.draft_key = p_draft_key
    left join ballots.drafts l on l.draft_key = p_paused_key
   where i.token_hash = p_token_hash;
end $$;

-- From the device to the link, or from the link to a device; what lies there already is replaced. `p_seen` null: nothing
-- lay at `p_from` when it was read.
-- 'saved' | 'changed': the draft is another than the one that was read | 'closed': the round takes no answers.
create function ballots.move_draft(
  p_token_hash bytea, p_from bytea, p_seen bytea, p_to bytea, p_sealed bytea)
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  perform from registry.campaigns c
    where c.id = v_campaign and c.status = 'open' and current_date between c.opens_on and c.closes_on;
  if not found then
    return 'closed';
  end if;
  delete from ballots.drafts where draft_key = p_from and substring(sealed for 24) = p_seen;
  if not found and (p_seen is not null or exists (select from ballots.drafts where draft_key = p_from)) then
    return 'changed';
  end if;
  insert into ballots.drafts (draft_key, campaign_id, sealed) values (p_to, v_campaign, p_sealed)
  on conflict (draft_key) do update set sealed = excluded.sealed;
  return 'saved';
end $$;

revoke all on function ballots.visit, ballots.move_draft from public;
grant execute on function ballots.visit, ballots.move_draft to bostemme_phone;

-- migrate:down
-- Forward only: what is saved by a device must not be left where the link alone finds it.
