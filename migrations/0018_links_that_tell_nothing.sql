-- migrate:up

set local lock_timeout = '10s';

-- Whoever holds a list of links (the office, its printer) can open each of them. So what a link shows never hangs on
-- whether it is used, or its holder has said no: the pages' role is not told, and sending alone answers "already".

-- As before without `used`, `declined` and the wish about later rounds. `invited`: by a link of one's own, not by an
-- open one.
-- squawk-ignore ban-drop-function
drop function ballots.visit(bytea, bytea);
-- squawk-ignore ban-drop-function
drop function ballots.asked_again(bytea);
create function ballots.visit(p_token_hash bytea, p_draft_key bytea)
returns table (
  organisation_name text, fictitious boolean, campaign_name text, estate_name text, status text, opens_on date,
  closes_on date, closed_on date, results_on date, today date, languages text[], questionnaire_version_id uuid,
  ballot_key bytea, invited boolean, sealed bytea, panel_id uuid, wave integer, waves integer, linkable boolean,
  archive_years integer)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return query
  select o.name, o.fictitious, c.name, e.name, c.status, c.opens_on, c.closes_on, c.closed_on, c.results_on, current_date,
         c.languages, c.questionnaire_version_id, c.ballot_key, i.source is null, d.sealed, p.id, c.wave, p.waves,
         k.public_key is not null, c.archive_years
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join registry.organisations o on o.id = i.organisation_id
    left join registry.panels p on (p.organisation_id, p.id) = (c.organisation_id, c.panel_id) and i.source is null
    left join registry.ballot_keys k on k.public_key = p.panel_key and k.destroyed_on is null and p.ended_on is null
    left join ballots.drafts d on d.draft_key = p_draft_key
   where i.token_hash = p_token_hash;
end $$;

-- 'saved' | 'changed': the draft is another than the one that was read | 'closed': the round takes no answers. Used or
-- not: the same rows are read and the same are written.
create or replace function ballots.save_draft(p_token_hash bytea, p_draft_key bytea, p_seen bytea, p_sealed bytea)
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  -- Only a statement that begins with the lock in hand sees what the round has become.
  perform from registry.campaigns c
    where c.id = v_campaign and c.status = 'open' and current_date between c.opens_on and c.closes_on;
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

-- Its owner throws the draft away.
create function ballots.drop_draft(p_draft_key bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from ballots.drafts where draft_key = p_draft_key
$$;

-- The one transaction of a submission: the right to answer is spent, the ballot laid in the box, the draft dies.
-- 'accepted' | 'already' | 'other_key' | 'closed' | 'unknown'; serialization_failure when the draft is another than the
-- one read.
-- `p_replaces`: the receipt of what this link sent before, when that was opened to be changed. It counts until this
-- moment, and the link stays used throughout: whoever sends to find out whether a link is used cannot undo it.
-- 'already' then means that it has left the box.
-- squawk-ignore ban-drop-function
drop function ballots.submit(bytea, bytea, bytea, bytea, bytea, bytea, bytea);
create function ballots.submit(
  p_token_hash bytea, p_draft_key bytea, p_seen bytea, p_public_key bytea, p_receipt_hash bytea, p_sealed bytea,
  p_copy bytea, p_replaces bytea)
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_outcome text;
begin
  select i.organisation_id, i.id, i.campaign_id into v from registry.invitations i where i.token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
  if p_replaces is null then
    update registry.invitations i set used = true, declined = false
      from registry.campaigns c
     where i.organisation_id = v.organisation_id and i.id = v.id and not i.used
       and c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
       and current_date between c.opens_on and c.closes_on and c.ballot_key = p_public_key
    returning i.organisation_id, i.campaign_id, i.estate_id, i.source into v;
  else
    delete from ballots.box b
     using registry.invitations i, registry.campaigns c
     where i.organisation_id = v.organisation_id and i.id = v.id and i.used
       and c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
       and current_date between c.opens_on and c.closes_on and c.ballot_key = p_public_key
       and b.organisation_id = v.organisation_id and b.campaign_id = v.campaign_id and b.receipt_hash = p_replaces
    returning i.organisation_id, i.campaign_id, i.estate_id, i.source into v;
  end if;
  if not found then
    select case when c.status <> 'open' or current_date not between c.opens_on and c.closes_on then 'closed'
                when c.ballot_key is distinct from p_public_key then 'other_key'
                else 'already' end
      into v_outcome
      from registry.invitations i
      join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     where i.token_hash = p_token_hash;
    if v_outcome = 'already' then
      -- Its sender is told that nothing was kept.
      delete from ballots.drafts where draft_key = p_draft_key and substring(sealed for 24) = p_seen;
    end if;
    return coalesce(v_outcome, 'unknown');
  end if;
  delete from ballots.drafts where draft_key = p_draft_key and (p_seen is null or substring(sealed for 24) = p_seen);
  if not found and p_seen is not null then
    raise exception 'the draft was changed' using errcode = 'serialization_failure';
  end if;
  if p_replaces is not null then
    insert into ballots.receipts (receipt_hash, campaign_id, state) values (p_replaces, v.campaign_id, 'replaced');
  end if;
  delete from ballots.receipts where receipt_hash = p_receipt_hash and state in ('withdrawn', 'replaced');
  insert into ballots.box (organisation_id, campaign_id, estate_id, public_key, receipt_hash, sealed, copy, source)
  values (v.organisation_id, v.campaign_id, v.estate_id, p_public_key, p_receipt_hash, p_sealed, p_copy, v.source);
  return 'accepted';
end $$;
-- squawk-ignore ban-drop-constraint
alter table ballots.receipts drop constraint receipts_state_check;
alter table ballots.receipts add constraint receipts_state_check
  check (state in ('counted', 'withdrawn', 'lost', 'replaced')) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table ballots.receipts validate constraint receipts_state_check;

-- Whether the link is used makes no difference: another's copy cannot be opened by it.
create or replace function ballots.copy(p_token_hash bytea, p_receipt_hash bytea) returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select b.copy
    from ballots.box b
    join registry.invitations i on (i.organisation_id, i.campaign_id) = (b.organisation_id, b.campaign_id)
   where i.token_hash = p_token_hash and b.receipt_hash = p_receipt_hash and b.copy <> ''::bytea
$$;

-- What was sent becomes the draft of the link, instead of any that lies there; it goes on counting until the draft is
-- sent. False when it is mixed or the round is over.
-- squawk-ignore ban-drop-function
drop function ballots.take_back(bytea, bytea, bytea, bytea);
create function ballots.reopen(p_token_hash bytea, p_draft_key bytea, p_receipt_hash bytea, p_draft bytea)
returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  perform from ballots.box b join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
    where b.campaign_id = v_campaign and b.receipt_hash = p_receipt_hash
      and c.status = 'open' and current_date between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  insert into ballots.drafts (draft_key, campaign_id, sealed) values (p_draft_key, v_campaign, p_draft)
  on conflict (draft_key) do update set sealed = excluded.sealed;
  return true;
end $$;

-- "I do not wish to take part": ends reminders; an answer goes before it. False when the round is not open. A used
-- invitation is written as well, though nothing changes in it: how long it takes tells nothing.
create or replace function ballots.decline(p_token_hash bytea, p_draft_key bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  update registry.invitations i set declined = not i.used
    from registry.campaigns c
   where i.token_hash = p_token_hash and (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     and c.status = 'open' and current_date between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  delete from ballots.drafts where draft_key = p_draft_key;
  return true;
end $$;

revoke all on function ballots.visit, ballots.submit, ballots.reopen, ballots.drop_draft from public;
grant execute on function ballots.visit, ballots.submit, ballots.reopen, ballots.drop_draft to bostemme_phone;

-- migrate:down
-- Forward only: a page that tells who has answered must not come back.
