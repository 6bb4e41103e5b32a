-- Keys that the database does not know can be destroyed, and a panel that was ended gives no more pseudonyms.
-- migrate:up

set local lock_timeout = '10s';

-- Made after the dump that was restored, or by a database that is gone. Noted as destroyed: the mixer cannot make it known
-- any more, and destroys it again when a backup brings it back. Not what ballots wait under.
create function ballots.discard_key(p_public_key bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if exists (select from ballots.box b where b.public_key = p_public_key) then
    return false;
  end if;
  insert into registry.ballot_keys (public_key, destroyed_on) values (p_public_key, current_date) on conflict do nothing;
  return found;
end $$;
revoke all on function ballots.discard_key from public;
grant execute on function ballots.discard_key to bostemme_mixer;

-- As in 0053; the office ends a panel after its wave has closed, and what is mixed from then on bears no pseudonym.
create or replace function ballots.places()
returns table (organisation_id uuid, campaign_id uuid, estate_id uuid, area_id uuid, open_link boolean, status text,
  mixing_size integer, waiting bigint, fresh bigint, unreadable bigint, mixed boolean, panel_id uuid, wave integer,
  panel_key bytea, held boolean, homes integer, settled boolean, counted bigint)
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
           where (p.organisation_id, p.id) = (c.organisation_id, c.panel_id)
             and p.ended_on is null),
         exists (select from registry.campaigns w
                   join ballots.box x on (x.organisation_id, x.campaign_id) = (w.organisation_id, w.id)
                  where w.organisation_id = c.organisation_id and w.panel_id = c.panel_id and w.wave < c.wave
                    and not x.unreadable),
         case when not f.open_link then s.invited end,
         s.pooled_under is not null or not exists (select from ending where ending.id = f.campaign_id),
         case when c.status <> 'closed' and f.waiting >= 3 * c.mixing_size
              then (select count(*) from answers.responses r
                     where (r.organisation_id, r.campaign_id, r.estate_id)
                           = (f.organisation_id, f.campaign_id, f.estate_id))
              else 0 end
    from found f
    join registry.campaigns c on (c.organisation_id, c.id) = (f.organisation_id, f.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (f.organisation_id, f.estate_id)
    left join registry.campaign_estates s
      on (s.organisation_id, s.campaign_id, s.estate_id) = (f.organisation_id, f.campaign_id, f.estate_id)
$$;

-- migrate:down
-- Forward only.
