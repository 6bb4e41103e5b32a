-- migrate:up

set local lock_timeout = '10s';

-- A sent answer can be opened, changed or withdrawn by its receipt, which is not in the link: whoever handed out the
-- link cannot. The copy is sealed for link and receipt together; those sealed for the link alone are forgotten.
-- The ballots stay and count; they can still be withdrawn by their receipts.
update ballots.box set copy = ''::bytea;

create function ballots.copy(p_token_hash bytea, p_receipt_hash bytea) returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select b.copy
    from ballots.box b
    join registry.invitations i on (i.organisation_id, i.campaign_id) = (b.organisation_id, b.campaign_id)
   where i.token_hash = p_token_hash and i.used and b.receipt_hash = p_receipt_hash and b.copy <> ''::bytea
$$;

-- Part of an answer: the ballot leaves the box, the right to answer is given back, and what was in the copy is the
-- draft of the link again. False when it is mixed or the round is over.
-- squawk-ignore ban-drop-function
drop function ballots.take_back(bytea, bytea, bytea);
create function ballots.take_back(p_token_hash bytea, p_draft_key bytea, p_receipt_hash bytea, p_draft bytea)
returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  select i.organisation_id, i.campaign_id into v
    from registry.invitations i where i.token_hash = p_token_hash and i.used;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
  perform from registry.campaigns c
    where c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
      and current_date between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  delete from ballots.box
   where organisation_id = v.organisation_id and campaign_id = v.campaign_id and receipt_hash = p_receipt_hash;
  if not found then
    return false;
  end if;
  update registry.invitations set used = false where token_hash = p_token_hash;
  insert into ballots.drafts (draft_key, campaign_id, sealed) values (p_draft_key, v.campaign_id, p_draft);
  return true;
end $$;

revoke all on function ballots.copy, ballots.take_back from public;
grant execute on function ballots.copy, ballots.take_back to bostemme_phone;

-- migrate:down
