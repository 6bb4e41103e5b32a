-- What the mixer shuffles lies in no order: rows went by lot, but stayed on the page of the disk that they had come to.
-- migrate:up

set local lock_timeout = '10s';

-- Rewritten one after another, a row's new version is put on the page of the old one while that has room; pages fill as
-- rows come. So who read a dump from its beginning met the ballots of an estate nearly as they had been sent. Now all
-- rows of the estate are deleted and written anew by one statement, in an order drawn by lot: each may be any of them.
--
-- A row that is written anew is another row. Who waited for the old one finds nothing there and must look again, in the
-- next statement, which sees what was written meanwhile: what is told of it ("already sent", "cannot be found") is told
-- of one look in which the row was not there to be taken.

-- ---------------------------------------------------------------- rights, without a reference to the list
-- A row that refers to another marks it when it is written: of each invitation it would stand in the table that the
-- console reads that its estate was shuffled. So what the reference did is done by triggers.
-- squawk-ignore ban-drop-constraint
alter table ballots.rights drop constraint rights_organisation_id_invitation_id_fkey;

-- As in 0056; an invitation that was written anew keeps its right.
create or replace function ballots.give_rights() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into ballots.rights (organisation_id, invitation_id, campaign_id, estate_id)
  select organisation_id, id, campaign_id, estate_id from made order by gen_random_uuid()
  on conflict (organisation_id, invitation_id) do nothing;
  return null;
end $$;

create function ballots.drop_rights() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from ballots.rights r using gone g
   where (r.organisation_id, r.invitation_id) = (g.organisation_id, g.id)
     and not exists (select from registry.invitations i where (i.organisation_id, i.id) = (g.organisation_id, g.id));
  return null;
end $$;
revoke all on function ballots.drop_rights from public;
create trigger drop_rights after delete on registry.invitations
  referencing old table as gone for each statement execute function ballots.drop_rights();

-- ---------------------------------------------------------------- the shuffle
-- As in 0056. Those who followed an open link have rows in the list itself, hidden from the console, which came as they
-- came.
create or replace function ballots.shuffle_invitations(p_campaign_id uuid, p_estate_ids uuid[]) returns uuid[]
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
declare
  v_known uuid[];
begin
  select coalesce(array_agg(b.id), '{}') into v_known from ballots.box b
   where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids) and b.fresh;
  with gone as (delete from ballots.rights r
                 where r.campaign_id = p_campaign_id and r.estate_id = any(p_estate_ids) returning r.*)
  insert into ballots.rights (organisation_id, invitation_id, campaign_id, estate_id, used, declined, not_again)
  select g.organisation_id, g.invitation_id, g.campaign_id, g.estate_id, g.used, g.declined, g.not_again
    from gone g order by gen_random_uuid();
  if exists (select from ballots.box b
              where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids) and b.fresh
                and b.source is not null) then
    with gone as (delete from registry.invitations i
                   where i.campaign_id = p_campaign_id and i.source is not null
                     and i.estate_id in (select b.estate_id from ballots.box b
                                          where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids)
                                            and b.fresh and b.source is not null)
                  returning i.*)
    insert into registry.invitations
      (organisation_id, id, campaign_id, estate_id, dwelling, token_hash, source, member_id)
    select g.organisation_id, g.id, g.campaign_id, g.estate_id, g.dwelling, g.token_hash, g.source, g.member_id
      from gone g order by gen_random_uuid();
  end if;
  return v_known;
end $$;

-- As in 0055: those in `p_known` are no longer fresh. What lies out of line is written anew as well, as the row is.
create or replace function ballots.shuffle_box(p_campaign_id uuid, p_estate_ids uuid[], p_known uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
begin
  with gone as (delete from ballots.box b
                 where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids) returning b.*)
  insert into ballots.box
    (id, organisation_id, campaign_id, estate_id, public_key, receipt_hash, sealed, copy, fresh, unreadable, source)
  select g.id, g.organisation_id, g.campaign_id, g.estate_id, g.public_key, g.receipt_hash, g.sealed, g.copy,
         g.fresh and g.id <> all(p_known), g.unreadable, g.source
    from gone g order by gen_random_uuid();
end $$;

-- As in 0056, and in no order either: a row that had been written once more lay elsewhere.
create or replace function ballots.forget_participation(p_campaign_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_declined integer;
begin
  select count(*) into v_declined from ballots.rights where campaign_id = p_campaign_id and declined;
  if v_declined >= 5 then
    update registry.campaigns set declined_in_all = v_declined where id = p_campaign_id;
  end if;
  with gone as (delete from ballots.rights r where r.campaign_id = p_campaign_id returning r.*)
  insert into ballots.rights (organisation_id, invitation_id, campaign_id, estate_id, not_again)
  select g.organisation_id, g.invitation_id, g.campaign_id, g.estate_id, g.not_again
    from gone g order by gen_random_uuid();
end $$;

-- ---------------------------------------------------------------- who comes in the middle of a shuffle looks again
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
         and b.organisation_id = v.organisation_id and b.campaign_id = v.campaign_id and b.receipt_hash = p_replaces;
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
                                          and b.receipt_hash = p_replaces) end
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
  loop
    delete from ballots.box where receipt_hash = p_receipt_hash returning campaign_id into v_campaign;
    if found then
      insert into ballots.receipts (receipt_hash, campaign_id, state) values (p_receipt_hash, v_campaign, 'withdrawn');
      return true;
    end if;
    perform from ballots.box where receipt_hash = p_receipt_hash;
    if not found then
      return false;
    end if;
  end loop;
end $$;

create or replace function ballots.decline(p_token_hash bytea, p_draft_key bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  select i.organisation_id, i.id, i.campaign_id into v from registry.invitations i where i.token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
  perform from registry.campaigns c
    where c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
      and registry.day_of(c) between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  loop
    update ballots.rights r set declined = true where r.organisation_id = v.organisation_id and r.invitation_id = v.id;
    exit when found;
    perform from ballots.rights r where r.organisation_id = v.organisation_id and r.invitation_id = v.id;
    if not found then
      return false;
    end if;
  end loop;
  delete from ballots.drafts where draft_key = p_draft_key;
  return true;
end $$;

create or replace function ballots.ask_again(p_token_hash bytea, p_again boolean) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  select i.organisation_id, i.id, i.campaign_id into v
    from registry.invitations i where i.token_hash = p_token_hash and i.source is null;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
  perform from registry.campaigns c
    where c.organisation_id = v.organisation_id and c.id = v.campaign_id and c.status = 'open'
      and registry.day_of(c) between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  loop
    update ballots.rights r set not_again = not p_again
     where r.organisation_id = v.organisation_id and r.invitation_id = v.id;
    exit when found;
    perform from ballots.rights r where r.organisation_id = v.organisation_id and r.invitation_id = v.id;
    if not found then
      return false;
    end if;
  end loop;
  return true;
end $$;

-- ---------------------------------------------------------------- what lies there now
-- In the order of random ids.
cluster ballots.box using box_pkey;
alter table ballots.box set without cluster;
cluster ballots.rights using rights_pkey;
alter table ballots.rights set without cluster;
cluster registry.invitations using invitations_pkey;
alter table registry.invitations set without cluster;

-- migrate:down
-- Forward only: what lay in the order of its coming must not lie so again.
