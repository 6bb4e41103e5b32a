-- migrate:up

set local lock_timeout = '10s';

-- What was drawn once stays in: a ballot that is noted among the lots can no longer be withdrawn or changed. A batch that was
-- lost, less what is kept in the end, was her answer who took hers back in between.
alter table ballots.box add column drawn boolean not null default false;

-- What the mixer has noted beside its keys it has also told this database, up to this mark. A restored database has an older
-- one, or is another database; until the mixer has looked, nobody withdraws or changes.
create table ballots.timeline (
  one boolean primary key default true check (one),
  mark bytea not null,
  database oid not null
);
alter table ballots.timeline enable row level security;

create function ballots.this_database() returns oid
language sql stable set search_path = pg_catalog as $$
  select oid from pg_database where datname = current_database()
$$;

-- Nothing when the mixer has told nothing, or told it another database.
create function ballots.timeline_mark() returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select t.mark from ballots.timeline t where t.database = ballots.this_database()
$$;

create function ballots.keep_mark(p_mark bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into ballots.timeline as t (mark, database) values (p_mark, ballots.this_database())
  on conflict (one) do update set mark = excluded.mark, database = excluded.database
$$;

create function ballots.after_a_restore() returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if exists (select from ballots.timeline t where t.database <> ballots.this_database()) then
    raise exception 'the mixer has not looked since the restore' using errcode = 'lock_not_available';
  end if;
end $$;

create function ballots.note_drawn(p_campaign_id uuid, p_ids uuid[]) returns integer
language sql security definer set search_path = pg_catalog as $$
  with noted as (update ballots.box b set drawn = true
                  where b.id = any(p_ids) and b.campaign_id = p_campaign_id and not b.drawn returning 1)
  select count(*)::integer from noted
$$;

-- What its senders took back, of rounds that are not sealed.
create function ballots.taken_back() returns table (campaign_id uuid, receipt_hash bytea, state text)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id, r.receipt_hash, r.state
    from registry.campaigns c
    join ballots.receipts r on r.campaign_id = c.id and r.state in ('withdrawn', 'replaced')
   where not exists (select from answers.waves w where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id))
$$;

-- Once more, in a database that has forgotten it; how many.
create function ballots.take_back_again(p_campaign_id uuid, p_receipt_hashes bytea[], p_states text[]) returns integer
language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from ballots.box b
                 using unnest(p_receipt_hashes, p_states) as t (receipt_hash, state)
                 where b.campaign_id = p_campaign_id and b.receipt_hash = t.receipt_hash
                returning b.receipt_hash, t.state),
  kept as (insert into ballots.receipts (receipt_hash, campaign_id, state)
           select g.receipt_hash, p_campaign_id, g.state from gone g order by gen_random_uuid())
  select count(*)::integer from gone
$$;

-- As in 0061, 0018 and 0006, for what is drawn.
create or replace function ballots.submit(p_token_hash bytea, p_draft_key bytea, p_seen bytea, p_public_key bytea, p_receipt_hash bytea, p_sealed bytea, p_copy bytea, p_replaces bytea)
returns text
language plpgsql security definer set search_path = pg_catalog set enable_seqscan = off
as $$
declare
  v record;
  v_taken boolean;
  v_outcome text;
begin
  select i.organisation_id, i.id, i.campaign_id, i.estate_id, i.source into v
    from registry.invitations i where i.token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
  if p_replaces is not null then
    perform ballots.after_a_restore();
  end if;
  loop
    if p_replaces is null then
      update ballots.rights r set used = true, declined = false
        from registry.campaigns c
       where r.organisation_id = v.organisation_id and r.invitation_id = v.id and not r.used
         and c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
         and registry.day_of(c) between c.opens_on and c.closes_on and c.ballot_key = p_public_key;
    else
      delete from ballots.box b
       using ballots.rights r, registry.campaigns c
       where r.organisation_id = v.organisation_id and r.invitation_id = v.id and r.used
         and c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
         and registry.day_of(c) between c.opens_on and c.closes_on and c.ballot_key = p_public_key
         and b.organisation_id = v.organisation_id and b.campaign_id = v.campaign_id and b.receipt_hash = p_replaces
         and not b.drawn;
    end if;
    v_taken := found;
    exit when v_taken;
    select case when c.status <> 'open' or registry.day_of(c) not between c.opens_on and c.closes_on then 'closed'
                when c.ballot_key is distinct from p_public_key then 'other_key'
                when case when p_replaces is null
                          then exists (select from ballots.rights r
                                        where r.organisation_id = i.organisation_id and r.invitation_id = i.id
                                          and not r.used)
                          else exists (select from ballots.box b
                                         join ballots.rights r
                                           on r.organisation_id = i.organisation_id and r.invitation_id = i.id and r.used
                                        where b.organisation_id = c.organisation_id and b.campaign_id = c.id
                                          and b.receipt_hash = p_replaces and not b.drawn) end
                then 'there'
                else 'already' end
      into v_outcome
      from registry.invitations i
      join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     where i.token_hash = p_token_hash;
    exit when v_outcome is distinct from 'there';
  end loop;
  if not v_taken then
    if v_outcome = 'already' then
      -- Its sender is told that nothing was kept.
      delete from ballots.drafts where draft_key = p_draft_key and substring(sealed for 24) = p_seen;
    end if;
    return coalesce(v_outcome, 'unknown');
  end if;
  delete from ballots.drafts where draft_key = p_draft_key and (p_seen is null or substring(sealed for 24) = p_seen);
  if not found and p_seen is not null then
    raise exception 'the draft was changed' using errcode = 'serialization_failure';
  end if;
  if p_replaces is not null then
    insert into ballots.receipts (receipt_hash, campaign_id, state) values (p_replaces, v.campaign_id, 'replaced');
  end if;
  delete from ballots.receipts where receipt_hash = p_receipt_hash and state in ('withdrawn', 'replaced');
  insert into ballots.box (organisation_id, campaign_id, estate_id, public_key, receipt_hash, sealed, copy, source)
  values (v.organisation_id, v.campaign_id, v.estate_id, p_public_key, p_receipt_hash, p_sealed, p_copy, v.source);
  return 'accepted';
end $$;

create or replace function ballots.withdraw(p_receipt_hash bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  perform ballots.after_a_restore();
  loop
    delete from ballots.box where receipt_hash = p_receipt_hash and not drawn returning campaign_id into v_campaign;
    if found then
      insert into ballots.receipts (receipt_hash, campaign_id, state) values (p_receipt_hash, v_campaign, 'withdrawn');
      return true;
    end if;
    perform from ballots.box where receipt_hash = p_receipt_hash and not drawn;
    if not found then
      return false;
    end if;
  end loop;
end $$;

create or replace function ballots.receipt(p_receipt_hash bytea)
returns table (state text, campaign_name text, organisation_name text, closes_on date, results_on date)
language sql stable security definer set search_path = pg_catalog as $$
  select r.state, c.name, o.name, c.closes_on, c.results_on
    from (select case when drawn then 'drawn' else 'waiting' end as state, campaign_id from ballots.box where receipt_hash = p_receipt_hash
          union all
          select state, campaign_id from ballots.receipts where receipt_hash = p_receipt_hash) r
    join registry.campaigns c on c.id = r.campaign_id
    join registry.organisations o on o.id = c.organisation_id
$$;

create or replace function ballots.copy(p_token_hash bytea, p_receipt_hash bytea) returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select b.copy
    from ballots.box b
    join registry.invitations i on (i.organisation_id, i.campaign_id) = (b.organisation_id, b.campaign_id)
   where i.token_hash = p_token_hash and b.receipt_hash = p_receipt_hash and not b.drawn and b.copy <> ''::bytea
$$;

create or replace function ballots.reopen(p_token_hash bytea, p_draft_key bytea, p_receipt_hash bytea, p_draft bytea)
returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  perform ballots.after_a_restore();
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  perform from ballots.box b join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
    where b.campaign_id = v_campaign and b.receipt_hash = p_receipt_hash and not b.drawn
      and c.status = 'open' and current_date between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  insert into ballots.drafts (draft_key, campaign_id, sealed) values (p_draft_key, v_campaign, p_draft)
  on conflict (draft_key) do update set sealed = excluded.sealed;
  return true;
end $$;

create or replace function ballots.shuffle_box(p_campaign_id uuid, p_estate_ids uuid[], p_known uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
begin
  with gone as (delete from ballots.box b
                 where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids) returning b.*)
  insert into ballots.box
    (id, organisation_id, campaign_id, estate_id, public_key, receipt_hash, sealed, copy, fresh, unreadable, source, drawn)
  select g.id, g.organisation_id, g.campaign_id, g.estate_id, g.public_key, g.receipt_hash, g.sealed, g.copy,
         g.fresh and g.id <> all(p_known), g.unreadable, g.source, g.drawn
    from gone g order by gen_random_uuid();
end $$;

revoke all on function ballots.this_database, ballots.timeline_mark, ballots.keep_mark, ballots.after_a_restore,
  ballots.note_drawn, ballots.taken_back, ballots.take_back_again from public;
grant execute on function ballots.timeline_mark, ballots.keep_mark, ballots.note_drawn, ballots.taken_back,
  ballots.take_back_again to bostemme_mixer;

-- migrate:down
-- Forward only: what was withdrawn must not come back.
