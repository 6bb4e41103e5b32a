-- migrate:up

set local lock_timeout = '10s';

-- ---------------------------------------------------------------- the register
-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint
alter table registry.areas add unique nulls not distinct (organisation_id, parent_id, name);

alter table registry.estates
  add column archived boolean not null default false; -- kept for the rounds it was in, offered to no new one
-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint
alter table registry.estates add unique (organisation_id, area_id, name);

-- ---------------------------------------------------------------- rounds
-- How far the landlord says tenants take part, 1 (not asked) to 7 (the last word); null: not said.
alter table registry.campaigns add column declared_grade integer check (declared_grade between 1 and 7);
-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint
alter table registry.campaigns add unique (organisation_id, name);

-- Only what nobody could answer yet may be taken back.
create policy only_drafts on registry.campaigns as restrictive for delete using (status = 'draft');
create policy only_drafts on registry.campaign_estates as restrictive for delete
  using (exists (select from registry.campaigns c where c.id = campaign_id and c.status = 'draft'));
create policy only_drafts on registry.invitations as restrictive for delete
  using (exists (select from registry.campaigns c where c.id = campaign_id and c.status = 'draft'));
grant delete on registry.estates, registry.campaigns, registry.campaign_estates, registry.invitations
  to bostemme_registry;

-- ---------------------------------------------------------------- answering
alter table registry.invitations set (fillfactor = 90); -- room for `used` to change in place
-- Drafts change often and are a few kB: changed in place. Nothing sealed can be compressed.
alter table ballots.drafts set (fillfactor = 50, toast_tuple_target = 8160);
alter table ballots.drafts alter column sealed set storage external;

-- Answers come in at the same time, but none while a round changes: they share a lock that its change takes alone.
-- Locking the campaign's row would do the same, and make everybody who answers write to that one row.
create function ballots.round_lock(p_campaign_id uuid) returns bigint
language sql immutable parallel safe as $$
  select pg_catalog.hashtextextended(p_campaign_id::text, 0)
$$;

create function ballots.wait_for_answers() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform pg_advisory_xact_lock(ballots.round_lock(old.id));
  return new;
end $$;
create trigger wait_for_answers before update on registry.campaigns
  for each row execute function ballots.wait_for_answers();

-- squawk-ignore ban-drop-function
drop function ballots.round_for(bytea);
-- squawk-ignore ban-drop-function
drop function ballots.load_draft(bytea);
-- What the holder of a token may know: which round it is and their own draft, never who was meant to hold it.
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

-- squawk-ignore ban-drop-function
drop function ballots.save_draft(bytea, bytea, bytea);
-- 'saved' | 'changed': the draft is another than the one that was read | 'closed': no answers taken from this link.
-- p_seen: the mark of the draft that was read, null when there was none.
create function ballots.save_draft(p_token_hash bytea, p_draft_key bytea, p_seen bytea, p_sealed bytea) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  -- Only a statement that begins with the lock in hand sees what the round has become. A late page must not bring
  -- back a draft that was sent: it waits for the invitation, then finds it used.
  perform from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
   where i.token_hash = p_token_hash and not i.used and c.status = 'open'
     and current_date between c.opens_on and c.closes_on
     for share of i;
  if not found then
    return 'closed';
  end if;
  if p_seen is null then
    insert into ballots.drafts (draft_key, campaign_id, sealed) values (p_draft_key, v_campaign, p_sealed)
    on conflict (draft_key) do nothing;
  else
    update ballots.drafts set sealed = p_sealed where draft_key = p_draft_key and substring(sealed for 24) = p_seen;
  end if;
  return case when found then 'saved' else 'changed' end;
end $$;

-- squawk-ignore ban-drop-function
drop function ballots.submit(bytea, bytea, text, text, jsonb, bytea);
-- The one transaction of a submission: the right to answer is spent, the answer is stored, the draft dies.
-- 'accepted' | 'already' | 'closed' | 'unknown'; serialization_failure when the draft is another than the one read.
create function ballots.submit(
  p_token_hash bytea, p_draft_key bytea, p_seen bytea, p_language text, p_mode text, p_answers jsonb, p_codes bytea)
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  select i.organisation_id, i.id, i.campaign_id into v from registry.invitations i where i.token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
  update registry.invitations i set used = true
    from registry.campaigns c
   where i.organisation_id = v.organisation_id and i.id = v.id and not i.used
     and c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
     and current_date between c.opens_on and c.closes_on
  returning i.organisation_id, i.campaign_id, i.estate_id, c.questionnaire_version_id into v;
  if not found then
    return coalesce((select case when used then 'already' else 'closed' end
                       from registry.invitations where token_hash = p_token_hash), 'unknown');
  end if;
  delete from ballots.drafts where draft_key = p_draft_key and (p_seen is null or substring(sealed for 24) = p_seen);
  if not found and p_seen is not null then
    raise exception 'the draft was changed' using errcode = 'serialization_failure';
  end if;
  insert into answers.responses
    (organisation_id, campaign_id, estate_id, questionnaire_version_id, language, mode, answers, codes)
  values (v.organisation_id, v.campaign_id, v.estate_id, v.questionnaire_version_id, p_language, p_mode,
          p_answers, p_codes);
  return 'accepted';
end $$;

revoke all on all functions in schema ballots from public;
grant execute on function ballots.visit, ballots.save_draft, ballots.submit to bostemme_phone;

-- migrate:down
-- Forward only.
