-- Whether a house of one home has answered is not told by what is mixed with it: an estate where nobody answered is
-- counted with others like one where few did.
-- migrate:up

set local lock_timeout = '10s';

-- As before, and of closed rounds that are not mixed yet every estate that was asked and has nothing in the box, with no
-- answer under its name and not noted in a pool. Also of one that ended with no answer at all, until it is told or sealed.
-- `homes`: how many were asked; null when nobody knows, and of open links. `settled`: it is noted in a pool, or its round
-- has nothing more to be mixed with.
-- squawk-ignore ban-drop-function
drop function ballots.places();
create function ballots.places()
returns table (organisation_id uuid, campaign_id uuid, estate_id uuid, area_id uuid, open_link boolean, status text,
  mixing_size integer, waiting bigint, fresh bigint, unreadable bigint, mixed boolean, panel_id uuid, wave integer,
  panel_key bytea, held boolean, homes integer, settled boolean)
language sql stable security definer set search_path = pg_catalog as $$
  with boxed as materialized (
    select x.organisation_id, x.campaign_id, x.estate_id, x.source is not null as open_link,
           count(*) filter (where not x.unreadable) as waiting, count(*) filter (where x.fresh) as fresh,
           count(*) filter (where x.unreadable) as unreadable
      from ballots.box x
     group by 1, 2, 3, 4),
  ending as materialized (
    select c.organisation_id, c.id from registry.campaigns c
     where c.status = 'closed' and c.ballot_key is not null and c.answers_deleted_on is null
       and not exists (select from answers.waves w where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id))
       and (exists (select from boxed b where b.campaign_id = c.id and not b.open_link and b.waiting > 0)
            or (not exists (select from answers.responses r
                             where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id)
                               and r.mode not like 'open:%')
                and not exists (select from retention.log l
                                 where (l.organisation_id, l.campaign_id) = (c.organisation_id, c.id)
                                   and l.step = 'too_few' and l.counts ->> 'open' = '0')))),
  found as (
    select b.* from boxed b
    union all
    select s.organisation_id, s.campaign_id, s.estate_id, false, 0, 0, 0
      from ending
      join registry.campaign_estates s on (s.organisation_id, s.campaign_id) = (ending.organisation_id, ending.id)
     where (s.invited > 0 or s.invited is null) and s.pooled_under is null
       and not exists (select from boxed b
                        where (b.campaign_id, b.estate_id) = (s.campaign_id, s.estate_id) and not b.open_link)
       and not exists (select from answers.responses r
                        where (r.organisation_id, r.campaign_id, r.estate_id)
                              = (s.organisation_id, s.campaign_id, s.estate_id)
                          and r.mode not like 'open:%'))
  select f.organisation_id, f.campaign_id, f.estate_id, e.area_id, f.open_link, c.status, c.mixing_size,
         f.waiting, f.fresh, f.unreadable,
         c.status = 'closed'
         and exists (select from answers.responses r
                      where (r.organisation_id, r.campaign_id, r.estate_id)
                            = (f.organisation_id, f.campaign_id, f.estate_id)
                        and (r.mode like 'open:%') = f.open_link),
         c.panel_id, c.wave,
         (select k.public_key from registry.panels p
            join registry.ballot_keys k on k.public_key = p.panel_key and k.destroyed_on is null
           where (p.organisation_id, p.id) = (c.organisation_id, c.panel_id)),
         exists (select from registry.campaigns w
                   join ballots.box x on (x.organisation_id, x.campaign_id) = (w.organisation_id, w.id)
                  where w.organisation_id = c.organisation_id and w.panel_id = c.panel_id and w.wave < c.wave
                    and not x.unreadable),
         case when not f.open_link then s.invited end,
         s.pooled_under is not null or not exists (select from ending where ending.id = f.campaign_id)
    from found f
    join registry.campaigns c on (c.organisation_id, c.id) = (f.organisation_id, f.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (f.organisation_id, f.estate_id)
    left join registry.campaign_estates s
      on (s.organisation_id, s.campaign_id, s.estate_id) = (f.organisation_id, f.campaign_id, f.estate_id)
$$;

-- Those named and no others: that a tiny house without answers is counted with them is planned like the rest.
-- squawk-ignore ban-drop-function
drop function ballots.note_pooled(uuid, uuid[], uuid);
create function ballots.note_pooled(p_campaign_id uuid, p_estate_ids uuid[], p_under text) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.campaign_estates set pooled_under = p_under
   where campaign_id = p_campaign_id and estate_id = any(p_estate_ids)
$$;

-- As before; of those who were asked it is told also when there was nothing to delete: 'fewer than five, if any'.
create or replace function ballots.delete_few(p_campaign_id uuid, p_open_link boolean) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_few uuid[];
  v_deleted integer;
  v record;
begin
  select c.organisation_id, c.mixing_size,
         p_open_link or not exists (select from registry.campaign_estates s
                                     where (s.organisation_id, s.campaign_id) = (c.organisation_id, c.id)
                                    having sum(s.invited) < c.mixing_size) as told
    into v from registry.campaigns c where c.id = p_campaign_id and c.status = 'closed';
  select array_agg(b.id) into v_few
    from ballots.box b
   where b.campaign_id = p_campaign_id and (b.source is not null) = p_open_link and not b.unreadable;
  if v.mixing_size is null or cardinality(v_few) >= v.mixing_size or (v_few is null and p_open_link) then
    return 0;
  end if;
  with gone as (delete from ballots.box b where b.id = any(v_few) returning b.receipt_hash)
  insert into ballots.receipts (receipt_hash, campaign_id, state)
  select g.receipt_hash, p_campaign_id, 'too_few' from gone g order by gen_random_uuid();
  get diagnostics v_deleted = row_count;
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

revoke all on function ballots.places, ballots.note_pooled from public;
grant execute on function ballots.places, ballots.note_pooled to bostemme_mixer;

-- migrate:down
-- Forward only: that there is a pool would tell again who answered.
