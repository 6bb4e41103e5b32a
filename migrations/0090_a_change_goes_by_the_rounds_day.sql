-- Who opens her sent answer in a round that has begun can do so when the clock is put back a day, as she can send by 0040:
-- 0079 made this function anew and asked the clock again.
-- migrate:up

set local lock_timeout = '10s';

create or replace function ballots.reopen(p_token_hash bytea, p_draft_key bytea, p_receipt_hash bytea, p_draft bytea)
returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  perform ballots.after_a_restore();
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  perform from ballots.box b join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
    where b.campaign_id = v_campaign and b.receipt_hash = p_receipt_hash and not b.drawn
      and c.status = 'open' and registry.day_of(c) between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  insert into ballots.drafts (draft_key, campaign_id, sealed) values (p_draft_key, v_campaign, p_draft)
  on conflict (draft_key) do update set sealed = excluded.sealed;
  return true;
end $$;

-- migrate:down
-- Forward only: what was sent can be changed.
