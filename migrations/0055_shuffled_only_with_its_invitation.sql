-- A ballot is fresh until its invitation, too, has been written anew.
-- migrate:up

set local lock_timeout = '10s';

-- As in 0006, and gives the ballots that were fresh before any invitation was touched: who sends later, while the box waits
-- for its own transaction, is for the next look.
-- squawk-ignore ban-drop-function
drop function ballots.shuffle_invitations(uuid, uuid[]);
create function ballots.shuffle_invitations(p_campaign_id uuid, p_estate_ids uuid[]) returns uuid[]
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
declare
  v_known uuid[];
  v record;
begin
  select coalesce(array_agg(b.id), '{}') into v_known from ballots.box b
   where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids) and b.fresh;
  for v in select i.organisation_id, i.id from registry.invitations i
            where i.campaign_id = p_campaign_id and i.estate_id = any(p_estate_ids)
            order by gen_random_uuid() loop
    update registry.invitations i set dwelling = i.dwelling
     where i.organisation_id = v.organisation_id and i.id = v.id;
  end loop;
  return v_known;
end $$;

-- As in 0010, but only those in `p_known` are no longer fresh.
-- squawk-ignore ban-drop-function
drop function ballots.shuffle_box(uuid, uuid[]);
create function ballots.shuffle_box(p_campaign_id uuid, p_estate_ids uuid[], p_known uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
declare
  v_id uuid;
begin
  for v_id in select b.id from ballots.box b
               where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids)
               order by gen_random_uuid() loop
    update ballots.box b
       set fresh = b.fresh and b.id <> all(p_known), sealed = b.sealed || ''::bytea, copy = b.copy || ''::bytea
     where b.id = v_id;
  end loop;
end $$;

revoke all on function ballots.shuffle_invitations, ballots.shuffle_box from public;
grant execute on function ballots.shuffle_invitations, ballots.shuffle_box to bostemme_mixer;

-- migrate:down
-- Forward only.
