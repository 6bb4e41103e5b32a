-- What is counted under an area or the organisation leaves true numbers behind: of how many homes, and of whose.
-- migrate:up

set local lock_timeout = '10s';

-- Answers of an estate that has its name, counted under its area or the organisation to hide too few of others (or left
-- over themselves): `least` to `most` of them. Never how many: what is left of the pool would be the answers of the others.
create table registry.counted_elsewhere (
  organisation_id uuid not null,
  campaign_id uuid not null,
  estate_id uuid not null,
  under text not null check (under in ('area', 'organisation')),
  least integer not null check (least > 0),
  most integer not null,
  primary key (organisation_id, campaign_id, estate_id, under),
  foreign key (organisation_id, campaign_id, estate_id)
    references registry.campaign_estates (organisation_id, campaign_id, estate_id) on delete cascade,
  check (least <= most)
);
alter table registry.counted_elsewhere enable row level security;
create policy own_organisation on registry.counted_elsewhere
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);
revoke all on registry.counted_elsewhere from public;
grant select on registry.counted_elsewhere to bostemme_registry;

-- The mixer's: in the transaction of the batch.
create function ballots.note_elsewhere(
  p_campaign_id uuid, p_estate_ids uuid[], p_least integer[], p_most integer[], p_under text) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into registry.counted_elsewhere as e (organisation_id, campaign_id, estate_id, under, least, most)
  select s.organisation_id, s.campaign_id, s.estate_id, p_under, n.least, n.most
    from unnest(p_estate_ids, p_least, p_most) as n (estate_id, least, most)
    join registry.campaign_estates s on s.campaign_id = p_campaign_id and s.estate_id = n.estate_id
  on conflict (organisation_id, campaign_id, estate_id, under)
  do update set least = e.least + excluded.least, most = e.most + excluded.most
$$;

-- As before, and with those of the batch every house of the area (of the organisation: of all areas) with fewer homes than
-- the mixing size that ends with no answer at all: of a single home, being in a pool would say that it had answered.
-- squawk-ignore ban-drop-function
drop function ballots.note_pooled(uuid, uuid[], text);
create function ballots.note_pooled(p_campaign_id uuid, p_estate_ids uuid[], p_area_id uuid) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.campaign_estates s set pooled_under = case when p_area_id is null then 'organisation' else 'area' end
    from registry.campaigns c, registry.estates e
   where s.campaign_id = p_campaign_id
     and (c.organisation_id, c.id) = (s.organisation_id, s.campaign_id)
     and (e.organisation_id, e.id) = (s.organisation_id, s.estate_id)
     and (s.estate_id = any(p_estate_ids)
          or (s.pooled_under is null and s.invited < c.mixing_size
              and (p_area_id is null or e.area_id = p_area_id)
              and not exists (select from answers.responses r
                               where (r.organisation_id, r.campaign_id, r.estate_id)
                                     = (s.organisation_id, s.campaign_id, s.estate_id)
                                 and r.mode not like 'open:%')
              and not exists (select from ballots.box b
                               where (b.organisation_id, b.campaign_id, b.estate_id)
                                     = (s.organisation_id, s.campaign_id, s.estate_id)
                                 and b.source is null)))
$$;

-- The console's: how many answers of the asked are counted under an area (null: the organisation), when none waits any more.
create function answers.pooled_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, area_id uuid, n bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select p.campaign_id, p.area_id, count(*)
    from registry.campaigns c
    join answers.responses p on (p.organisation_id, p.campaign_id) = (c.organisation_id, c.id)
   where c.id = any(p_campaign_ids) and c.status = 'closed'
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
     and c.id not in (select answers.being_counted(p_campaign_ids))
     and p.estate_id is null and p.mode not like 'open:%'
   group by 1, 2
  having count(*) >= 5
$$;

revoke all on function ballots.note_elsewhere, ballots.note_pooled, answers.pooled_counts from public;
grant execute on function ballots.note_elsewhere, ballots.note_pooled to bostemme_mixer;
grant execute on function answers.pooled_counts to bostemme_answers;

-- migrate:down
-- Forward only: what was counted elsewhere would be missing without a word.
