-- migrate:up

set local lock_timeout = '10s';

-- The holder of a link is told the day a round was really closed. Another result needs another function.
-- squawk-ignore ban-drop-function
drop function ballots.visit(bytea, bytea);

-- What the holder of a token may know: which round it is and their own draft, never who was meant to hold it.
create function ballots.visit(p_token_hash bytea, p_draft_key bytea)
returns table (
  organisation_name text, fictitious boolean, campaign_name text, estate_name text, status text, opens_on date,
  closes_on date, closed_on date, results_on date, today date, languages text[], questionnaire_version_id uuid,
  used boolean, sealed bytea)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return query
  select o.name, o.fictitious, c.name, e.name, c.status, c.opens_on, c.closes_on, c.closed_on, c.results_on,
         current_date, c.languages, c.questionnaire_version_id, i.used, d.sealed
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join registry.organisations o on o.id = i.organisation_id
    left join ballots.drafts d on d.draft_key = p_draft_key
   where i.token_hash = p_token_hash;
end $$;
revoke all on function ballots.visit(bytea, bytea) from public;
grant execute on function ballots.visit(bytea, bytea) to bostemme_phone;

-- migrate:down
-- squawk-ignore ban-drop-function
drop function ballots.visit(bytea, bytea);

create function ballots.visit(p_token_hash bytea, p_draft_key bytea)
returns table (
  organisation_name text, fictitious boolean, campaign_name text, estate_name text, status text, opens_on date,
  closes_on date, results_on date, today date, languages text[], questionnaire_version_id uuid, used boolean,
  sealed bytea)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return query
  select o.name, o.fictitious, c.name, e.name, c.status, c.opens_on, c.closes_on, c.results_on, current_date,
         c.languages, c.questionnaire_version_id, i.used, d.sealed
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join registry.organisations o on o.id = i.organisation_id
    left join ballots.drafts d on d.draft_key = p_draft_key
   where i.token_hash = p_token_hash;
end $$;
revoke all on function ballots.visit(bytea, bytea) from public;
grant execute on function ballots.visit(bytea, bytea) to bostemme_phone;
