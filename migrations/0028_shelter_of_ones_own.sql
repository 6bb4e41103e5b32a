-- migrate:up

set local lock_timeout = '10s';

-- Answers by open links are told apart for good, and anybody can send them at will: they shelter nobody but each
-- other. From now on an estate's answers of those who were asked and of those who came by an open link are counted,
-- mixed and pooled each by themselves, and no batch of either is smaller than the round's mixing size.

-- Of several kinds of open links, none of them with enough answers in the batch to be told.
-- squawk-ignore ban-drop-constraint
alter table answers.responses drop constraint responses_mode_check;
alter table answers.responses add constraint responses_mode_check
  check (mode in ('web', 'paper', 'interview', 'helper', 'proxy', 'import')
         or mode in ('open:estate', 'open:library', 'open:cafe', 'open:partner', 'open:several')) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table answers.responses validate constraint responses_mode_check;

-- 'too_few': the round ended with so few answers that nobody could be hidden among them; deleted unread.
-- squawk-ignore ban-drop-constraint
alter table ballots.receipts drop constraint receipts_state_check;
alter table ballots.receipts add constraint receipts_state_check
  check (state in ('counted', 'withdrawn', 'replaced', 'lost', 'too_few')) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table ballots.receipts validate constraint receipts_state_check;

-- ---------------------------------------------------------------- the mixer's side
-- `open_link`: the ballots of those who came by one, of whatever kind. `mixed`: some of the same kind are out of the
-- box already and bear the estate's name.
-- squawk-ignore ban-drop-function
drop function ballots.places();
create function ballots.places()
returns table (organisation_id uuid, campaign_id uuid, estate_id uuid, area_id uuid, open_link boolean, status text,
  mixing_size integer, waiting bigint, fresh bigint, unreadable bigint, mixed boolean, panel_id uuid, wave integer,
  panel_key bytea, held boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select b.organisation_id, b.campaign_id, b.estate_id, e.area_id, b.open_link, c.status, c.mixing_size,
         count(*) filter (where not b.unreadable), count(*) filter (where b.fresh),
         count(*) filter (where b.unreadable),
         exists (select from answers.responses r
                  where (r.organisation_id, r.campaign_id, r.estate_id) = (b.organisation_id, b.campaign_id, b.estate_id)
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

-- So many ballots of each of these estates, by lot, all of those who were asked or all of those who were not; held
-- until the transaction ends.
-- squawk-ignore ban-drop-function
drop function ballots.draw(uuid, uuid[], integer);
create function ballots.draw(p_campaign_id uuid, p_open_link boolean, p_estate_ids uuid[], p_numbers integer[])
returns table (id uuid, public_key bytea, sealed bytea, source text)
language sql security definer set search_path = pg_catalog as $$
  select d.id, d.public_key, d.sealed, d.source
    from unnest(p_estate_ids, p_numbers) as wanted (estate_id, n)
   cross join lateral (
     select x.id, x.public_key, x.sealed, x.source
       from (select b.id, b.public_key, b.sealed, b.source from ballots.box b
              where b.campaign_id = p_campaign_id and b.estate_id = wanted.estate_id
                and (b.source is not null) = p_open_link and not b.unreadable
                for update of b skip locked) x
      order by gen_random_uuid() limit wanted.n) d
   order by gen_random_uuid()
$$;

-- As before, and nothing that is smaller than the mixing size, of both kinds, or that leaves fewer than that behind in
-- an estate: of an open round always so many, of a closed one so many or none.
-- Raises serialization_failure when the box has changed meanwhile; the caller looks again.
create or replace function ballots.mix(
  p_campaign_id uuid, p_estate_id uuid, p_area_id uuid, p_ids uuid[],
  p_version_ids uuid[], p_languages text[], p_modes text[], p_answers text[], p_codes bytea[], p_persons bytea[])
returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_gone record;
begin
  select organisation_id, status, mixing_size into strict v from registry.campaigns where id = p_campaign_id;
  with gone as (delete from ballots.box where id = any(p_ids) and campaign_id = p_campaign_id
                returning receipt_hash, estate_id, source),
  noted as (insert into ballots.receipts (receipt_hash, campaign_id, state)
            select receipt_hash, p_campaign_id, 'counted' from gone order by gen_random_uuid())
  select count(*) as n, array_agg(distinct estate_id) as estates, bool_or(source is not null) as open_link,
         bool_and(source is not null) as all_open
    into v_gone from gone;
  if v_gone.n <> cardinality(p_ids) then
    raise exception 'a ballot has left the box' using errcode = 'serialization_failure';
  end if;
  if v_gone.n < v.mixing_size or v_gone.open_link <> v_gone.all_open then
    raise exception 'a batch that shelters nobody' using errcode = 'check_violation';
  end if;
  perform from unnest(v_gone.estates) as e (id)
    cross join lateral (select count(*) as n from ballots.box b
                         where b.campaign_id = p_campaign_id and b.estate_id = e.id and not b.unreadable
                           and (b.source is not null) = v_gone.open_link) behind
    where behind.n < v.mixing_size and (behind.n > 0 or v.status <> 'closed');
  if found then
    raise exception 'too few would stay behind' using errcode = 'serialization_failure';
  end if;
  with before as (delete from answers.responses r
                   where r.organisation_id = v.organisation_id and r.campaign_id = p_campaign_id
                     and r.estate_id is not distinct from p_estate_id and r.area_id is not distinct from p_area_id
                  returning r.questionnaire_version_id, r.language, r.mode, r.answers, r.codes, r.person),
  together as (
    select * from before
    union all
    select n.version_id, n.language, n.mode, n.answers::jsonb, n.codes, n.person
      from unnest(p_version_ids, p_languages, p_modes, p_answers, p_codes, p_persons)
           as n (version_id, language, mode, answers, codes, person))
  insert into answers.responses
    (organisation_id, campaign_id, estate_id, area_id, questionnaire_version_id, language, mode, answers, codes, person)
  select v.organisation_id, p_campaign_id, p_estate_id, p_area_id, t.questionnaire_version_id, t.language, t.mode,
         t.answers, t.codes, t.person
    from together t
   order by gen_random_uuid();
  insert into ballots.batches (campaign_id, size) values (p_campaign_id, v_gone.n);
end $$;

-- What is left of a closed round when it is fewer than the mixing size in all, with nobody else to be hidden among:
-- deleted unread, and the receipts say so. How many that was.
create function ballots.delete_few(p_campaign_id uuid, p_open_link boolean) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_few uuid[];
begin
  select array_agg(b.id) into v_few
    from ballots.box b
   where b.campaign_id = p_campaign_id and (b.source is not null) = p_open_link and not b.unreadable;
  if v_few is null or not exists (select from registry.campaigns c
                                   where c.id = p_campaign_id and c.status = 'closed'
                                     and cardinality(v_few) < c.mixing_size) then
    return 0;
  end if;
  with gone as (delete from ballots.box b where b.id = any(v_few) returning b.receipt_hash)
  insert into ballots.receipts (receipt_hash, campaign_id, state)
  select g.receipt_hash, p_campaign_id, 'too_few' from gone g order by gen_random_uuid();
  return cardinality(v_few);
end $$;

-- Whether the mixer has work left in a closed round: those by open links are mixed by themselves, and waited for.
create or replace function answers.still_mixing(p_campaign_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select from ballots.box b
                   join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
                  where b.campaign_id = p_campaign_id and c.status = 'closed'
                    and b.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
$$;

-- ---------------------------------------------------------------- what PostgreSQL tells of itself
-- How many rows were put into the box or taken out, how large it is and how much was written: every login could read
-- that, and so watch answers come. Only a superuser can take it back, as the embedded server's owner is;
-- docs/production.md has the same for a server of one's own.
do $$
declare
  f record;
begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    for f in select p.oid::regprocedure as name from pg_proc p
              where p.pronamespace = 'pg_catalog'::regnamespace
                and (p.proname ~ '^pg_stat_get_' or p.proname ~ '^pg_(relation|table|indexes|total_relation|database|tablespace)_size$'
                     or p.proname ~ '^pg_current_wal_') loop
      execute format('revoke execute on function %s from public', f.name);
      execute format('grant execute on function %s to pg_monitor', f.name);
    end loop;
  end if;
end $$;

revoke all on function ballots.places, ballots.draw, ballots.delete_few from public;
grant execute on function ballots.places, ballots.draw, ballots.delete_few to bostemme_mixer;

-- migrate:down
-- Forward only: batches that shelter nobody must not come back.
