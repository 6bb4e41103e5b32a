-- migrate:up

set local lock_timeout = '10s';

-- Whoever holds the links can say no by one after the other. While a round is open a count that moved, or did not,
-- would tell which of them had been used: so nothing is counted of the noes before the round is closed.
create or replace function ballots.declined_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, n integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id, coalesce(c.declined_in_all, case when d.n >= 5 then d.n end::integer)
    from registry.campaigns c
    cross join lateral (select count(*) as n from registry.invitations i
                         where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id) and i.declined) d
   where c.id = any(p_campaign_ids) and c.status = 'closed'
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

-- Afterwards nobody knows any more who was left out then: the list holds those, too, who said so in this round.
create or replace function ballots.not_again_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, not_again integer, left_out integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id,
         case when c.status = 'closed' then coalesce(c.not_again_in_all, case when d.n >= 5 then d.n - d.n % 5 end::integer)
         end,
         case when c.status <> 'closed' and l.n >= 5 then l.n - l.n % 5 end::integer
    from registry.campaigns c
    cross join lateral (select count(*) as n from registry.invitations i
                         where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id) and i.not_again) d
    cross join lateral (select count(*) as n from registry.left_out(c.id)) l
   where c.id = any(p_campaign_ids)
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

-- A no by a link that has been used is counted like any other: what is counted when the round is closed is how often no
-- was said, and tells nothing of who had sent something before.
-- squawk-ignore ban-drop-constraint
alter table registry.invitations drop constraint used_or_declined;

create or replace function ballots.decline(p_token_hash bytea, p_draft_key bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  update registry.invitations i set declined = true
    from registry.campaigns c
   where i.token_hash = p_token_hash and (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     and c.status = 'open' and current_date between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  delete from ballots.drafts where draft_key = p_draft_key;
  return true;
end $$;

-- migrate:down
-- Forward only: a count that moves while a round is open must not come back.
