-- Whether anybody had answered a round that ended with too few is not told by how many receipts it has: there are as many
-- of every such round.
-- migrate:up

set local lock_timeout = '10s';

-- As before, and beside the receipts of those who sent stand others that nobody holds, until they are one fewer than a
-- batch, whether anybody sent or not. Whoever has a receipt is told as before what became of it.
create or replace function ballots.delete_few(p_campaign_id uuid, p_open_link boolean) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_few uuid[];
  v_deleted integer;
  v_wanted integer;
  v record;
begin
  select c.organisation_id, c.mixing_size,
         p_open_link or not exists (select from registry.campaign_estates s
                                     where (s.organisation_id, s.campaign_id) = (c.organisation_id, c.id)
                                    having sum(s.invited) < c.mixing_size) as told,
         exists (select from retention.log l
                  where (l.organisation_id, l.campaign_id) = (c.organisation_id, c.id)
                    and l.step = 'too_few' and l.counts ->> 'open' = '1') as openly
    into v from registry.campaigns c where c.id = p_campaign_id and c.status = 'closed';
  select array_agg(b.id) into v_few
    from ballots.box b
   where b.campaign_id = p_campaign_id and (b.source is not null) = p_open_link and not b.unreadable;
  if v.mixing_size is null or cardinality(v_few) >= v.mixing_size or (v_few is null and p_open_link) then
    return 0;
  end if;
  -- So many for those who were asked, and for those by open links, who are told of apart.
  -- Of those who were asked this is called until their round is sealed, of the others once.
  v_wanted := v.mixing_size - 1;
  if not p_open_link then
    select v_wanted * (1 + v.openly::integer) - count(*) into v_wanted
      from ballots.receipts r where r.campaign_id = p_campaign_id and r.state = 'too_few';
  end if;
  with gone as (delete from ballots.box b where b.id = any(v_few) returning b.receipt_hash),
  together as (
    select g.receipt_hash from gone g
    union all
    select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
      from generate_series(1, v_wanted - (select count(*) from gone))),
  kept as (
    insert into ballots.receipts (receipt_hash, campaign_id, state)
    select t.receipt_hash, p_campaign_id, 'too_few' from together t order by gen_random_uuid())
  select count(*) into v_deleted from gone;
  if v.told and (v_deleted > 0 or not p_open_link)
     and not exists (select from retention.log l
                      where (l.organisation_id, l.campaign_id) = (v.organisation_id, p_campaign_id)
                        and l.step = 'too_few' and l.counts ->> 'open' = p_open_link::integer::text) then
    insert into retention.log (organisation_id, campaign_id, step, counts)
    values (v.organisation_id, p_campaign_id, 'too_few',
            jsonb_build_object('open', p_open_link::integer)
            || case when v_deleted >= 5 then jsonb_build_object('n', v_deleted) else '{}'::jsonb end);
  end if;
  return v_deleted;
end $$;

-- migrate:down
-- Forward only.
