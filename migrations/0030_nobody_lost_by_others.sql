-- Who withdraws takes no answer of others along, and what is deleted as too few is told and counted as it was.
-- migrate:up

set local lock_timeout = '10s';

-- ---------------------------------------------------------------- the mixer's side
-- `mixed` of closed rounds alone, where it decides who goes along: in an open one it would read all answers of an estate
-- again and again, where none is of the same kind as the ballots that wait.
create or replace function ballots.places()
returns table (organisation_id uuid, campaign_id uuid, estate_id uuid, area_id uuid, open_link boolean, status text,
  mixing_size integer, waiting bigint, fresh bigint, unreadable bigint, mixed boolean, panel_id uuid, wave integer,
  panel_key bytea, held boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select b.organisation_id, b.campaign_id, b.estate_id, e.area_id, b.open_link, c.status, c.mixing_size,
         count(*) filter (where not b.unreadable), count(*) filter (where b.fresh),
         count(*) filter (where b.unreadable),
         c.status = 'closed'
         and exists (select from answers.responses r
                      where (r.organisation_id, r.campaign_id, r.estate_id)
                            = (b.organisation_id, b.campaign_id, b.estate_id)
                        and (r.mode like 'open:%') = b.open_link),
         c.panel_id, c.wave,
         (select k.public_key from registry.panels p
            join registry.ballot_keys k on k.public_key = p.panel_key and k.destroyed_on is null
           where (p.organisation_id, p.id) = (c.organisation_id, c.panel_id)),
         exists (select from registry.campaigns w
                   join ballots.box x on (x.organisation_id, x.campaign_id) = (w.organisation_id, w.id)
                  where w.organisation_id = c.organisation_id and w.panel_id = c.panel_id and w.wave < c.wave
                    and not x.unreadable)
    from (select x.organisation_id, x.campaign_id, x.estate_id, x.unreadable, x.fresh, x.source is not null as open_link
            from ballots.box x) b
    join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (b.organisation_id, b.estate_id)
   group by b.organisation_id, b.campaign_id, b.estate_id, b.open_link, e.area_id, c.organisation_id, c.status,
            c.mixing_size, c.panel_id, c.wave
$$;

-- The office is told that answers were deleted as too few, but not how many when they were fewer than five; nothing where
-- so few were asked that this would tell who answered. `open`: 1 for those by open links.
-- squawk-ignore ban-drop-constraint
alter table retention.log drop constraint log_step_check;
alter table retention.log add constraint log_step_check
  check (step in ('too_few', 'ballot_key', 'contacts', 'contact_key', 'invitations', 'answers', 'wave')) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table retention.log validate constraint log_step_check;

-- As before; how many really were deleted: who withdrew meanwhile is not among them.
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
  if v_few is null or v.mixing_size is null or cardinality(v_few) >= v.mixing_size then
    return 0;
  end if;
  with gone as (delete from ballots.box b where b.id = any(v_few) returning b.receipt_hash)
  insert into ballots.receipts (receipt_hash, campaign_id, state)
  select g.receipt_hash, p_campaign_id, 'too_few' from gone g order by gen_random_uuid();
  get diagnostics v_deleted = row_count;
  if v_deleted > 0 and v.told then
    insert into retention.log (organisation_id, campaign_id, step, counts)
    values (v.organisation_id, p_campaign_id, 'too_few',
            jsonb_build_object('open', p_open_link::integer)
            || case when v_deleted >= 5 then jsonb_build_object('n', v_deleted) else '{}'::jsonb end);
  end if;
  return v_deleted;
end $$;

-- migrate:down
-- Forward only: what was deleted was told.
