-- migrate:up

-- The ballot box: an answer waits here sealed until it is mixed with others of its estate. The web can put a
-- ballot in; only the mixer, who holds the private keys outside the database, can make an answer of it.
do $$
begin
  begin
    create role bostemme_mixer nologin;
  exception when duplicate_object or unique_violation then null;
  end;
  grant bostemme_mixer to current_user;
end $$;

-- Public halves of the rounds' keys. The mixer keeps a stock of unused ones; a round takes one when it opens.
create table registry.ballot_keys (
  public_key bytea primary key check (octet_length(public_key) = 32),
  organisation_id uuid,
  campaign_id uuid,
  made_on date not null default current_date,
  destroyed_on date,
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);
create index ballot_keys_by_campaign on registry.ballot_keys (organisation_id, campaign_id);

alter table registry.campaigns
  add column ballot_key bytea check (octet_length(ballot_key) = 32),
  -- Trust, section 1: a batch is never smaller than this, and as many stay behind to hide the next ones.
  add column mixing_size integer not null default 5 check (mixing_size between 5 and 100);

-- An estate that ended below `mixing_size` answers: they are kept under its area, or under the organisation.
alter table registry.campaign_estates
  add column pooled_under text check (pooled_under in ('area', 'organisation'));

-- `declined`: did not wish to take part. Ends reminders, and is an answer too.
alter table registry.invitations add column declined boolean not null default false;
alter table registry.invitations add constraint used_or_declined check (not (used and declined)) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table registry.invitations validate constraint used_or_declined;

-- Where an answer belongs when its estate is too small to be named: the area, or nothing but the organisation.
-- squawk-ignore ban-drop-not-null
alter table answers.responses alter column estate_id drop not null;
alter table answers.responses add column area_id uuid;
alter table answers.responses add constraint one_place check (num_nonnulls(estate_id, area_id) <= 1) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table answers.responses validate constraint one_place;

create table ballots.box (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  campaign_id uuid not null,
  estate_id uuid not null,
  public_key bytea not null,
  receipt_hash bytea not null unique,
  sealed bytea not null check (octet_length(sealed) < 400000), -- for the mixer
  copy bytea not null check (octet_length(copy) < 400000),     -- for the holder of the link, until mixing
  fresh boolean not null default true,                         -- not yet moved out of the order of arrival
  unreadable boolean not null default false                    -- the mixer could not open it: kept, told, never thrown away
);
create index box_by_estate on ballots.box (campaign_id, estate_id);

-- What became of a ballot, for whoever holds its receipt. Nothing here leads to an answer.
create table ballots.receipts (
  receipt_hash bytea primary key,
  campaign_id uuid not null,
  state text not null check (state in ('counted', 'withdrawn', 'lost'))
);
create index receipts_by_campaign on ballots.receipts (campaign_id, state);

-- How many were moved and on which day: not which, not from where.
create table ballots.batches (
  id uuid primary key default gen_random_uuid(),
  campaign_id uuid not null,
  mixed_on date not null default current_date,
  size integer not null check (size > 0)
);

-- Old versions of rows keep the order of arrival until they are swept away: sweep often.
alter table registry.invitations set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50);
alter table answers.responses set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50);
alter table ballots.box set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50);

-- ---------------------------------------------------------------- the tenant's side
-- squawk-ignore ban-drop-function
drop function ballots.visit(bytea, bytea);
create function ballots.visit(p_token_hash bytea, p_draft_key bytea)
returns table (
  organisation_name text, fictitious boolean, campaign_name text, estate_name text, status text, opens_on date,
  closes_on date, closed_on date, results_on date, today date, languages text[], questionnaire_version_id uuid,
  ballot_key bytea,
  used boolean, declined boolean, sealed bytea)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return query
  select o.name, o.fictitious, c.name, e.name, c.status, c.opens_on, c.closes_on, c.closed_on, c.results_on, current_date,
         c.languages, c.questionnaire_version_id, c.ballot_key, i.used, i.declined, d.sealed
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join registry.organisations o on o.id = i.organisation_id
    left join ballots.drafts d on d.draft_key = p_draft_key
   where i.token_hash = p_token_hash;
end $$;

-- squawk-ignore ban-drop-function
drop function ballots.submit(bytea, bytea, bytea, text, text, jsonb, bytea);
-- The one transaction of a submission: the right to answer is spent, the sealed ballot is in the box, the draft is
-- gone. 'accepted' | 'already' | 'closed' | 'unknown' | 'other_key' (the round has changed its key: seal anew);
-- serialization_failure when the draft is another than the one read.
create function ballots.submit(
  p_token_hash bytea, p_draft_key bytea, p_seen bytea, p_public_key bytea, p_receipt_hash bytea, p_sealed bytea,
  p_copy bytea)
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  select i.organisation_id, i.id, i.campaign_id into v from registry.invitations i where i.token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
  update registry.invitations i set used = true, declined = false
    from registry.campaigns c
   where i.organisation_id = v.organisation_id and i.id = v.id and not i.used
     and c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
     and current_date between c.opens_on and c.closes_on and c.ballot_key = p_public_key
  returning i.organisation_id, i.campaign_id, i.estate_id into v;
  if not found then
    return coalesce((select case when i.used then 'already'
                                 when c.status = 'open' and current_date between c.opens_on and c.closes_on
                                 then 'other_key' else 'closed' end
                       from registry.invitations i
                       join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
                      where i.token_hash = p_token_hash), 'unknown');
  end if;
  delete from ballots.drafts where draft_key = p_draft_key and (p_seen is null or substring(sealed for 24) = p_seen);
  if not found and p_seen is not null then
    raise exception 'the draft was changed' using errcode = 'serialization_failure';
  end if;
  -- Sent again after it was withdrawn: the same link has the same receipt.
  delete from ballots.receipts where receipt_hash = p_receipt_hash and state = 'withdrawn';
  insert into ballots.box (organisation_id, campaign_id, estate_id, public_key, receipt_hash, sealed, copy)
  values (v.organisation_id, v.campaign_id, v.estate_id, p_public_key, p_receipt_hash, p_sealed, p_copy);
  return 'accepted';
end $$;

-- 'waiting' (can be withdrawn) | 'counted' | 'withdrawn' | 'lost'; nothing for a receipt nobody was given.
create function ballots.receipt(p_receipt_hash bytea)
returns table (state text, campaign_name text, organisation_name text, closes_on date, results_on date)
language sql stable security definer set search_path = pg_catalog as $$
  select r.state, c.name, o.name, c.closes_on, c.results_on
    from (select 'waiting' as state, campaign_id from ballots.box where receipt_hash = p_receipt_hash
          union all
          select state, campaign_id from ballots.receipts where receipt_hash = p_receipt_hash) r
    join registry.campaigns c on c.id = r.campaign_id
    join registry.organisations o on o.id = c.organisation_id
$$;

-- The whole answer, by the receipt alone. False when it is not in the box (any more).
create function ballots.withdraw(p_receipt_hash bytea) returns boolean
language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from ballots.box where receipt_hash = p_receipt_hash returning receipt_hash, campaign_id),
  noted as (insert into ballots.receipts (receipt_hash, campaign_id, state)
            select receipt_hash, campaign_id, 'withdrawn' from gone returning 1)
  select exists (select 1 from noted)
$$;

-- Part of an answer, by the link: the ballot leaves the box, the right to answer is given back, and the copy that
-- only the link can read is the draft again. False when it is mixed or the round is over.
create function ballots.take_back(p_token_hash bytea, p_draft_key bytea, p_receipt_hash bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_copy bytea;
begin
  select i.organisation_id, i.campaign_id into v
    from registry.invitations i where i.token_hash = p_token_hash and i.used;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
  perform from registry.campaigns c
    where c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
      and current_date between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  delete from ballots.box where receipt_hash = p_receipt_hash returning copy into v_copy;
  if not found then
    return false;
  end if;
  update registry.invitations set used = false where token_hash = p_token_hash;
  insert into ballots.drafts (draft_key, campaign_id, sealed) values (p_draft_key, v.campaign_id, v_copy);
  return true;
end $$;

-- "I do not wish to take part": ends reminders. Can be undone by answering. False when answered or closed.
create function ballots.decline(p_token_hash bytea, p_draft_key bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  update registry.invitations i set declined = true
    from registry.campaigns c
   where i.token_hash = p_token_hash and not i.used and (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     and c.status = 'open' and current_date between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  delete from ballots.drafts where draft_key = p_draft_key;
  return true;
end $$;

-- ---------------------------------------------------------------- the office's side
-- Takes a key from the stock for a round. Null when the stock is empty. A round that has one gets another
-- (rotation); the old one stays known until its ballots are mixed.
create function registry.take_ballot_key(p_organisation_id uuid, p_campaign_id uuid) returns bytea
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_key bytea;
begin
  select public_key into v_key from registry.ballot_keys
   where campaign_id is null and destroyed_on is null
   order by made_on desc, public_key limit 1 for update skip locked;
  if not found then
    return null;
  end if;
  update registry.campaigns set ballot_key = v_key
   where organisation_id = p_organisation_id and id = p_campaign_id;
  if not found then
    return null;
  end if;
  update registry.ballot_keys set organisation_id = p_organisation_id, campaign_id = p_campaign_id
   where public_key = v_key;
  return v_key;
end $$;

-- Ballots by round and estate, for counting how many have answered: the caller rounds before it shows.
create function ballots.waiting_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, estate_id uuid, n bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select campaign_id, estate_id, count(*) from ballots.box
   where campaign_id = any(p_campaign_ids)
     and organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
   group by 1, 2
$$;

-- ---------------------------------------------------------------- the mixer's side
create function ballots.keep_key(p_public_key bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into registry.ballot_keys (public_key) values (p_public_key) on conflict do nothing
$$;

-- Rounds that were open before there were keys, and rounds whose key is destroyed.
create function ballots.equip_rounds() returns integer
language sql security definer set search_path = pg_catalog as $$
  select count(registry.take_ballot_key(c.organisation_id, c.id))::integer
    from registry.campaigns c
   where c.status = 'open' and c.source = 'invitations'
     and not exists (select 1 from registry.ballot_keys k
                      where k.public_key = c.ballot_key and k.destroyed_on is null)
$$;

create function ballots.keys()
returns table (public_key bytea, organisation_id uuid, campaign_id uuid, campaign_name text, current boolean,
  made_on date, destroyed_on date, waiting bigint, sealed boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select k.public_key, k.organisation_id, k.campaign_id, c.name, coalesce(c.ballot_key = k.public_key, false), k.made_on,
         k.destroyed_on, (select count(*) from ballots.box b where b.public_key = k.public_key),
         exists (select 1 from answers.waves w
                  where (w.organisation_id, w.campaign_id) = (k.organisation_id, k.campaign_id))
    from registry.ballot_keys k
    left join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
$$;

create function ballots.note_destroyed(p_public_key bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.ballot_keys set destroyed_on = current_date
   where public_key = p_public_key and destroyed_on is null
$$;

-- Every estate with ballots in the box. `mixed`: answers of this estate already out of it.
create function ballots.places()
returns table (organisation_id uuid, campaign_id uuid, estate_id uuid, area_id uuid, status text,
  mixing_size integer, waiting bigint, fresh bigint, unreadable bigint, mixed bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select b.organisation_id, b.campaign_id, b.estate_id, e.area_id, c.status, c.mixing_size,
         count(*) filter (where not b.unreadable), count(*) filter (where b.fresh),
         count(*) filter (where b.unreadable),
         (select count(*) from answers.responses r
           where (r.organisation_id, r.campaign_id, r.estate_id) = (b.organisation_id, b.campaign_id, b.estate_id))
    from ballots.box b
    join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (b.organisation_id, b.estate_id)
   group by b.organisation_id, b.campaign_id, b.estate_id, e.area_id, c.status, c.mixing_size
$$;

-- Closed rounds with an empty box and no sealed wave: their answers can be sealed now.
create function ballots.unsealed() returns table (organisation_id uuid, campaign_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select c.organisation_id, c.id from registry.campaigns c
   where c.status = 'closed'
     and not exists (select 1 from ballots.box b where b.campaign_id = c.id)
     and not exists (select 1 from answers.waves w where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id))
$$;

-- The operator's last resort when a key is lost for good: the ballots under it are given up, and their receipts
-- say so. How many that was.
create function ballots.give_up(p_public_key bytea) returns integer
language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from ballots.box where public_key = p_public_key returning receipt_hash, campaign_id),
  noted as (insert into ballots.receipts (receipt_hash, campaign_id, state)
            select receipt_hash, campaign_id, 'lost' from gone order by gen_random_uuid() returning 1)
  select count(*)::integer from noted
$$;

-- A round takes another key from the stock; ballots under the old one are still opened with it.
create function ballots.rotate_key(p_campaign_id uuid) returns bytea
language sql security definer set search_path = pg_catalog as $$
  select registry.take_ballot_key(c.organisation_id, c.id) from registry.campaigns c
   where c.id = p_campaign_id and c.status = 'open'
$$;

-- Ballots drawn by lot from some estates of a round, held until the transaction ends.
create function ballots.draw(p_campaign_id uuid, p_estate_ids uuid[], p_most integer)
returns table (id uuid, public_key bytea, sealed bytea)
language sql security definer set search_path = pg_catalog as $$
  select d.id, d.public_key, d.sealed
    from (select b.id, b.public_key, b.sealed from ballots.box b
           where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids) and not b.unreadable
             for update of b skip locked) d
   order by gen_random_uuid() limit p_most
$$;

create function ballots.note_unreadable(p_id uuid) returns void
language sql security definer set search_path = pg_catalog as $$
  update ballots.box set unreadable = true where id = p_id
$$;

-- One mixer at a time works on a round, until its transaction ends: two that write the same rows in two orders
-- would wait for each other.
create function ballots.hold_for_mixing(p_campaign_id uuid) returns void
language sql security definer set search_path = pg_catalog as $$
  select pg_advisory_xact_lock(hashtextextended('mixing ' || p_campaign_id::text, 0))
$$;

-- Writes every invitation and every waiting ballot of an estate anew, in an order drawn by lot: which came first
-- can then not be read from where they lie or from which transaction wrote them. Two separate transactions of the
-- caller, one a table, or the two would again share one.
create function ballots.shuffle_invitations(p_campaign_id uuid, p_estate_ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  for v in select i.organisation_id, i.id from registry.invitations i
            where i.campaign_id = p_campaign_id and i.estate_id = any(p_estate_ids)
            order by gen_random_uuid() loop
    update registry.invitations i set dwelling = i.dwelling
     where i.organisation_id = v.organisation_id and i.id = v.id;
  end loop;
end $$;

create function ballots.shuffle_box(p_campaign_id uuid, p_estate_ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_id uuid;
begin
  for v_id in select b.id from ballots.box b
               where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids)
               order by gen_random_uuid() loop
    update ballots.box b set fresh = false where b.id = v_id;
  end loop;
end $$;

-- Moves opened ballots out of the box: all of them or none. Every answer of the same place is written anew among
-- them, with a new id and in an order drawn by lot, so that no batch can be told from another.
-- Raises serialization_failure when a ballot was withdrawn meanwhile; the caller draws again.
create function ballots.mix(
  p_campaign_id uuid, p_estate_id uuid, p_area_id uuid, p_ids uuid[],
  p_version_ids uuid[], p_languages text[], p_modes text[], p_answers text[], p_codes bytea[])
returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
  v_gone integer;
begin
  select organisation_id into strict v_organisation from registry.campaigns where id = p_campaign_id;
  with gone as (delete from ballots.box where id = any(p_ids) and campaign_id = p_campaign_id
                returning receipt_hash),
  noted as (insert into ballots.receipts (receipt_hash, campaign_id, state)
            select receipt_hash, p_campaign_id, 'counted' from gone order by gen_random_uuid() returning 1)
  select count(*) into v_gone from noted;
  if v_gone <> cardinality(p_ids) then
    raise exception 'a ballot has left the box' using errcode = 'serialization_failure';
  end if;
  with before as (delete from answers.responses r
                   where r.organisation_id = v_organisation and r.campaign_id = p_campaign_id
                     and r.estate_id is not distinct from p_estate_id and r.area_id is not distinct from p_area_id
                  returning r.questionnaire_version_id, r.language, r.mode, r.answers, r.codes),
  together as (
    select * from before
    union all
    select n.version_id, n.language, n.mode, n.answers::jsonb, n.codes
      from unnest(p_version_ids, p_languages, p_modes, p_answers, p_codes)
           as n (version_id, language, mode, answers, codes))
  insert into answers.responses
    (organisation_id, campaign_id, estate_id, area_id, questionnaire_version_id, language, mode, answers, codes)
  select v_organisation, p_campaign_id, p_estate_id, p_area_id, t.questionnaire_version_id, t.language, t.mode,
         t.answers, t.codes
    from together t
   order by gen_random_uuid();
  insert into ballots.batches (campaign_id, size) values (p_campaign_id, v_gone);
end $$;

create function ballots.note_pooled(p_campaign_id uuid, p_estate_ids uuid[], p_under text) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.campaign_estates set pooled_under = p_under
   where campaign_id = p_campaign_id and estate_id = any(p_estate_ids)
$$;

-- ---------------------------------------------------------------- who may do what
alter table registry.ballot_keys enable row level security;
create policy own_organisation on registry.ballot_keys
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);
alter table ballots.box enable row level security;
alter table ballots.receipts enable row level security;
alter table ballots.batches enable row level security;
revoke all on all functions in schema ballots, registry from public;
grant execute on function ballots.visit, ballots.submit, ballots.receipt, ballots.withdraw, ballots.take_back,
  ballots.decline to bostemme_phone;
grant select on registry.ballot_keys to bostemme_registry;
grant execute on function registry.take_ballot_key to bostemme_registry;
grant usage on schema ballots to bostemme_answers;
grant execute on function ballots.waiting_counts to bostemme_answers;
grant usage on schema ballots to bostemme_mixer;
grant execute on function ballots.keep_key, ballots.equip_rounds, ballots.keys, ballots.note_destroyed, ballots.places, ballots.unsealed, ballots.give_up,
  ballots.rotate_key, ballots.draw,
  ballots.note_unreadable, ballots.hold_for_mixing, ballots.shuffle_invitations, ballots.shuffle_box, ballots.mix, ballots.note_pooled
  to bostemme_mixer;
-- The web can no longer write answers; only imports and the mixer can.

-- migrate:down
-- Forward only: a sealed ballot cannot become an open answer again without the mixer's keys.
