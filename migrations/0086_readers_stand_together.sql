-- What tenants say in a reading round is told when the round is over and five or more have come, all together: who reloaded
-- the page meanwhile tied what one reader had said, and knew when. It is written anew in the files, kept for a stated time, and
-- one finding that is filled up closes no other.
-- migrate:up

set local lock_timeout = '10s';

-- `waiting`: sendings since what was said was last told. The console reads whether they are enough, and how many there were in
-- fives: exact numbers that grow would tell it the hour of each.
alter table loop.readings
  add column waiting integer not null default 0,
  -- squawk-ignore adding-field-with-default
  add column told integer generated always as (sent / 5 * 5) stored,
  -- squawk-ignore adding-field-with-default
  add column enough boolean generated always as (waiting >= 5) stored,
  add column crowded boolean not null default false;
revoke select on loop.readings from bostemme_registry;
grant select (organisation_id, campaign_id, slug, active, ends_on, told, enough, crowded) on loop.readings to bostemme_registry;

alter table loop.remarks add column told boolean not null default false;
-- The console has shown these.
update loop.remarks set told = true where not told;

create policy told_together on loop.remarks as restrictive for select to bostemme_registry
  using (told or (organisation_id, campaign_id) in (
    select r.organisation_id, r.campaign_id from loop.readings r
     where r.enough and (not r.active or r.ends_on < current_date)));

-- The round is opened anew: what it told stays told. What were too few wait for others.
create function loop.keep_told() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if new.slug <> old.slug and old.waiting >= 5 then
    update loop.remarks m set told = true
     where (m.organisation_id, m.campaign_id) = (new.organisation_id, new.campaign_id) and not m.told;
    new.waiting := 0;
  end if;
  return new;
end $$;
create trigger keep_told before update of slug on loop.readings for each row execute function loop.keep_told();
create trigger written_anew after update of active on loop.readings for each row
  when (old.active and not new.active) execute function retention.mark_by_trigger('loop.remarks', 'loop.readings');

-- kept | closed | full: 500 of one finding are as many as can be read. Of one place at a time, the one that was before the
-- reader: all that was said of it is written anew in an order drawn by lot.
create or replace function ballots.remark_findings(p_slug text, p_findings text[], p_verdicts text[], p_remarks text[]) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  l loop.readings;
  v_place jsonb;
  v_there text[];
  v_full text[];
  v_kept boolean;
begin
  select r.* into l from loop.readings r where r.slug = p_slug and r.active and current_date <= r.ends_on for update;
  if not found then
    return 'closed';
  end if;
  select f.document -> 'place' into v_place
    from unnest(p_findings) with ordinality as n (finding_id, number)
    join loop.findings f on (f.organisation_id, f.campaign_id, f.id) = (l.organisation_id, l.campaign_id, n.finding_id)
   order by n.number limit 1;
  if v_place is null then
    return 'kept';
  end if;
  select array_agg(f.id) into v_there from loop.findings f
   where (f.organisation_id, f.campaign_id) = (l.organisation_id, l.campaign_id)
     and f.document -> 'place' ->> 'level' = v_place ->> 'level' and f.document -> 'place' ->> 'id' = v_place ->> 'id';
  select coalesce(array_agg(x.finding_id), '{}') into v_full
    from (select m.finding_id from loop.remarks m
           where (m.organisation_id, m.campaign_id) = (l.organisation_id, l.campaign_id) and m.finding_id = any(p_findings)
           group by m.finding_id having count(*) >= 500) x;
  select exists (select from unnest(p_findings) as n (finding_id)
                  where n.finding_id = any(v_there) and n.finding_id <> all(v_full)) into v_kept;
  if v_kept then
    with before as (
      delete from loop.remarks m
       where (m.organisation_id, m.campaign_id) = (l.organisation_id, l.campaign_id) and m.finding_id = any(v_there)
      returning m.id, m.finding_id, m.verdict, m.remark, m.shown, m.told),
    together as (
      select * from before
      union all
      select gen_random_uuid(), n.finding_id, n.verdict, n.remark, false, false
        from (select distinct on (u.finding_id) u.* from unnest(p_findings, p_verdicts, p_remarks) as u (finding_id, verdict, remark)) n
       where n.finding_id = any(v_there) and n.finding_id <> all(v_full))
    insert into loop.remarks (organisation_id, id, campaign_id, finding_id, verdict, remark, shown, told)
    select l.organisation_id, t.id, l.campaign_id, t.finding_id, t.verdict, t.remark, t.shown, t.told
      from together t
     order by gen_random_uuid();
  end if;
  update loop.readings r
     set sent = r.sent + v_kept::integer, waiting = r.waiting + v_kept::integer, crowded = r.crowded or cardinality(v_full) > 0
   where (r.organisation_id, r.campaign_id) = (l.organisation_id, l.campaign_id);
  return case when cardinality(v_full) > 0 then 'full' else 'kept' end;
end $$;

-- ---------------------------------------------------------------- how long it is kept
-- Half a year after the last day: words that stand in no document. How many were cleared.
create function retention.forget_readings() returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_gone bigint;
begin
  with due as (
    select r.organisation_id, r.campaign_id from loop.readings r where r.ends_on + 180 <= current_date),
  gone as (
    delete from loop.remarks m using due d
     where (m.organisation_id, m.campaign_id) = (d.organisation_id, d.campaign_id)
       and m.remark is not null and m.verdict is null and not m.shown
    returning m.organisation_id, m.campaign_id),
  cleared as (
    update loop.remarks m set remark = null from due d
     where (m.organisation_id, m.campaign_id) = (d.organisation_id, d.campaign_id)
       and m.remark is not null and m.verdict is not null and not m.shown
    returning m.organisation_id, m.campaign_id),
  noted as (
    insert into registry.audit_log (organisation_id, action, entity, entity_id, details)
    select g.organisation_id, 'reading.remarks_deleted', 'campaign', g.campaign_id, jsonb_build_object('remarks', count(*))
      from (select * from gone union all select * from cleared) g group by g.organisation_id, g.campaign_id
    returning (details ->> 'remarks')::bigint as n)
  select coalesce(sum(n), 0)::bigint into v_gone from noted;
  if v_gone > 0 then
    perform retention.mark('loop.remarks');
  end if;
  return v_gone;
end $$;

-- The answers of the round are deleted: so is all that was said of what was found in them.
create function retention.forget_said() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from loop.remarks m where (m.organisation_id, m.campaign_id) = (new.organisation_id, new.campaign_id);
  perform retention.mark('loop.remarks');
  return null;
end $$;
create trigger said_forgotten after insert on retention.log for each row when (new.step in ('answers', 'wave'))
  execute function retention.forget_said();

revoke all on function loop.keep_told, retention.forget_readings, retention.forget_said from public;
grant execute on function retention.forget_readings to bostemme_retention;

-- ---------------------------------------------------------------- what is in the files
-- As in 0063, with what readers say.
create or replace function retention.mark_at_night(p_now timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_there timestamp := p_now at time zone 'Europe/Oslo';
begin
  if not retention.is_night(p_now)
     or exists (select from retention.nights n where n.night >= v_there::date) then
    return;
  end if;
  delete from retention.nights;
  insert into retention.nights (night) values (v_there::date);
  perform retention.mark('registry.not_asked', 'registry.remarks', 'loop.remarks', 'loop.readings', 'delivery.printouts',
                         'delivery.printout_files');
  if exists (select from registry.campaigns c where c.status = 'open') then
    perform retention.mark('ballots.drafts', 'ballots.rights', 'ballots.box', 'ballots.receipts', 'delivery.queue',
                           'delivery.under_way', 'delivery.links');
  end if;
end $$;

alter table loop.remarks alter column remark set statistics 0;
alter table loop.remarks alter column verdict set statistics 0;
alter table loop.remarks alter column finding_id set statistics 0;
select retention.mark('loop.remarks', 'loop.readings');

-- migrate:down
-- Forward only: what waits to be told together would be told one by one.
