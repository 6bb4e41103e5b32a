-- A full box is shuffled in portions: those who send no longer wait for the disk to take all of an estate at once.
-- migrate:up

set local lock_timeout = '10s';

-- Ballots that wait in these estates, in an order drawn by lot: portions of it are portions drawn by lot.
create function ballots.waiting_by_lot(p_campaign_id uuid, p_estate_ids uuid[]) returns uuid[]
language sql volatile security definer set search_path = pg_catalog as $$
  select coalesce(array_agg(b.id order by gen_random_uuid()), '{}')
    from ballots.box b where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids)
$$;

-- As in 0079, for some of an estate's. All portions are one transaction of the caller's, so that one has written all that
-- wait; which portion a ballot is in is a lot, and so is its place in it.
-- squawk-ignore ban-drop-function
drop function ballots.shuffle_box(uuid, uuid[], uuid[]);
create function ballots.shuffle_ballots(p_campaign_id uuid, p_ids uuid[], p_known uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
begin
  with gone as (delete from ballots.box b
                 where b.campaign_id = p_campaign_id and b.id = any(p_ids) returning b.*)
  insert into ballots.box
    (id, organisation_id, campaign_id, estate_id, public_key, receipt_hash, sealed, copy, fresh, unreadable, source, drawn)
  select g.id, g.organisation_id, g.campaign_id, g.estate_id, g.public_key, g.receipt_hash, g.sealed, g.copy,
         g.fresh and g.id <> all(p_known), g.unreadable, g.source, g.drawn
    from gone g order by gen_random_uuid();
end $$;

revoke all on function ballots.waiting_by_lot, ballots.shuffle_ballots from public;
grant execute on function ballots.waiting_by_lot, ballots.shuffle_ballots to bostemme_mixer;

-- migrate:down
-- Forward only: those who send would wait for the mixer again.
