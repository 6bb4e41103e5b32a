-- migrate:up

set local lock_timeout = '10s';

-- An open round is mixed in the morning, in the estates on which the lot of the count falls, and at no other time. A
-- receipt tells whether its answer is counted: mixed whenever enough waited, it told whoever had sent fourteen answers of
-- her own the moment of the fifteenth.

-- Estates on which this morning's lot fell, until the mixer has taken them. It refers to no row of the registry's: that
-- would lock the round's, where the console may see it.
create table ballots.due (
  organisation_id uuid not null,
  campaign_id uuid not null,
  estate_id uuid not null,
  primary key (organisation_id, campaign_id, estate_id)
);

-- As in 0026. One lot an estate and morning decides both whether its number may rise and whether it may be mixed: two
-- would tell more. What is not taken by eight is not mixed that day.
create or replace function ballots.note_counts_at(p_now timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_there timestamp := p_now at time zone 'Europe/Oslo';
  v record;
  v_rounds integer := 0;
begin
  delete from ballots.noted_rounds r using registry.campaigns c
   where (c.organisation_id, c.id) = (r.organisation_id, r.campaign_id) and c.status <> 'open';
  if v_there::time < '05:00' or v_there::time >= '08:00' then
    delete from ballots.due;
    return 0;
  end if;
  for v in
    select c.organisation_id, c.id from registry.campaigns c
     where c.status = 'open' and c.source = 'invitations' and c.opens_on <= v_there::date
       and not exists (select from ballots.noted_rounds r
                        where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id)
                          and r.noted_on >= v_there::date)
     order by c.id
  loop
    insert into ballots.noted_rounds as r (organisation_id, campaign_id, noted_on)
    values (v.organisation_id, v.id, v_there::date)
    on conflict (organisation_id, campaign_id) do update set noted_on = excluded.noted_on
     where r.noted_on < excluded.noted_on;
    continue when not found; -- another mixer was here meanwhile
    delete from ballots.due d where d.organisation_id = v.organisation_id and d.campaign_id = v.id; -- another day's
    -- Materialized: a condition that names no column would be tried once on each side of the union.
    with places as materialized (
      select b.estate_id from ballots.box b
       where b.organisation_id = v.organisation_id and b.campaign_id = v.id
      union
      select p.estate_id from answers.responses p
       where p.organisation_id = v.organisation_id and p.campaign_id = v.id and p.estate_id is not null)
    insert into ballots.due (organisation_id, campaign_id, estate_id)
    select v.organisation_id, v.id, p.estate_id from places p
     where get_byte(uuid_send(gen_random_uuid()), 0) < 85 -- of 256
    on conflict do nothing;
    insert into ballots.noted as s (organisation_id, campaign_id, estate_id, n)
    select v.organisation_id, v.id, a.estate_id, a.n - a.n % 5
      from (select estate_id, count(*) as n
              from (select b.estate_id from ballots.box b
                     where b.organisation_id = v.organisation_id and b.campaign_id = v.id and b.source is null
                    union all
                    select p.estate_id from answers.responses p
                     where p.organisation_id = v.organisation_id and p.campaign_id = v.id
                       and p.estate_id is not null and p.mode not like 'open:%') one
             group by estate_id) a
      join ballots.due d on (d.organisation_id, d.campaign_id, d.estate_id) = (v.organisation_id, v.id, a.estate_id)
      left join ballots.noted o on (o.organisation_id, o.campaign_id, o.estate_id) = (v.organisation_id, v.id, a.estate_id)
     where a.n >= coalesce(o.n, 0) + 5
    on conflict (organisation_id, campaign_id, estate_id) do update set n = excluded.n;
    v_rounds := v_rounds + 1;
  end loop;
  return v_rounds;
end $$;

-- Taken once: of two mixers one mixes an estate that morning, and nobody twice when more come meanwhile.
create function ballots.take_due() returns table (campaign_id uuid, estate_id uuid)
language sql security definer set search_path = pg_catalog as $$
  delete from ballots.due d returning d.campaign_id, d.estate_id
$$;

alter table ballots.due enable row level security;
revoke all on function ballots.take_due from public;
grant execute on function ballots.take_due to bostemme_mixer;

-- migrate:down
-- Forward only: an open round must not be mixed whenever enough wait.
