-- What a tenant does writes nothing in a table that the console may read.
-- migrate:up

set local lock_timeout = '10s';

-- The console's role reads which rights to answer there are (`registry.invitations`), row by row. A row that is written
-- moves, whatever columns are hidden: who looked at the order of the rows, or asked `explain (analyze, buffers)` how many
-- pages one of them takes, saw which home had just sent or said no. Now what becomes of a right stands apart, where no
-- role may read; `registry.invitations` changes by what the office does, and nothing else.
create table ballots.rights (
  organisation_id uuid not null,
  invitation_id uuid not null,
  campaign_id uuid not null,
  estate_id uuid not null,
  used boolean not null default false,
  declined boolean not null default false,
  not_again boolean not null default false,
  primary key (organisation_id, invitation_id),
  foreign key (organisation_id, invitation_id) references registry.invitations (organisation_id, id) on delete cascade
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50);
create index rights_by_estate on ballots.rights (campaign_id, estate_id);
alter table ballots.rights enable row level security;

insert into ballots.rights (organisation_id, invitation_id, campaign_id, estate_id, used, declined, not_again)
select organisation_id, id, campaign_id, estate_id, used, declined, not_again
  from registry.invitations order by gen_random_uuid();

create function ballots.give_rights() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into ballots.rights (organisation_id, invitation_id, campaign_id, estate_id)
  select organisation_id, id, campaign_id, estate_id from made order by gen_random_uuid();
  return null;
end $$;
revoke all on function ballots.give_rights from public;
create trigger give_rights after insert on registry.invitations
  referencing new table as made for each statement execute function ballots.give_rights();

-- ---------------------------------------------------------------- the tenant's side
create or replace function ballots.submit(p_token_hash bytea, p_draft_key bytea, p_seen bytea, p_public_key bytea, p_receipt_hash bytea, p_sealed bytea, p_copy bytea, p_replaces bytea)
returns text
language plpgsql security definer set search_path = pg_catalog set enable_seqscan = off
as $$
declare
  v record;
  v_outcome text;
begin
  select i.organisation_id, i.id, i.campaign_id, i.estate_id, i.source into v
    from registry.invitations i where i.token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v.campaign_id));
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
  if not found then
    select case when c.status <> 'open' or registry.day_of(c) not between c.opens_on and c.closes_on then 'closed'
                when c.ballot_key is distinct from p_public_key then 'other_key'
                else 'already' end
      into v_outcome
      from registry.invitations i
      join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     where i.token_hash = p_token_hash;
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

create or replace function ballots.decline(p_token_hash bytea, p_draft_key bytea)
returns boolean
language plpgsql security definer set search_path = pg_catalog
as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  update ballots.rights r set declined = true
    from registry.invitations i, registry.campaigns c
   where (r.organisation_id, r.invitation_id) = (i.organisation_id, i.id)
     and i.token_hash = p_token_hash and (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     and c.status = 'open' and registry.day_of(c) between c.opens_on and c.closes_on;
  if not found then
    return false;
  end if;
  delete from ballots.drafts where draft_key = p_draft_key;
  return true;
end $$;

create or replace function ballots.ask_again(p_token_hash bytea, p_again boolean)
returns boolean
language plpgsql security definer set search_path = pg_catalog
as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  update ballots.rights r set not_again = not p_again
    from registry.invitations i, registry.campaigns c
   where (r.organisation_id, r.invitation_id) = (i.organisation_id, i.id)
     and i.token_hash = p_token_hash and i.source is null
     and (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     and c.status = 'open' and registry.day_of(c) between c.opens_on and c.closes_on;
  return found;
end $$;

-- ---------------------------------------------------------------- the office's side

create or replace function ballots.declined_counts(p_campaign_ids uuid[])
returns table(campaign_id uuid, n integer)
language sql stable security definer set search_path = pg_catalog
as $$
  select c.id, coalesce(c.declined_in_all, case when d.n >= 5 then d.n end::integer)
    from registry.campaigns c
    cross join lateral (select count(*) as n from ballots.rights r
                         where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id) and r.declined) d
   where c.id = any(p_campaign_ids) and c.status = 'closed'
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

create or replace function ballots.not_again_counts(p_campaign_ids uuid[])
returns table(campaign_id uuid, not_again integer, left_out integer)
language sql stable security definer set search_path = pg_catalog
as $$
  select c.id,
         case when c.status = 'closed' then coalesce(c.not_again_in_all, case when d.n >= 5 then d.n - d.n % 5 end::integer)
         end,
         case when c.status <> 'closed' and l.n >= 5 then l.n - l.n % 5 end::integer
    from registry.campaigns c
    cross join lateral (select count(*) as n from ballots.rights r
                         where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id) and r.not_again) d
    cross join lateral (select count(*) as n from registry.left_out(c.id)) l
   where c.id = any(p_campaign_ids)
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

create or replace function registry.remember_not_asked()
returns trigger
language plpgsql security definer set search_path = pg_catalog
as $$
begin
  insert into registry.not_asked (organisation_id, estate_id, dwelling, known_by, until)
  select w.organisation_id, w.estate_id, w.dwelling, w.known_by, (current_date + interval '3 years')::date
    from (select i.organisation_id, i.estate_id, k.known_by,
                 case when not exists (select from registry.invitations o
                                         join ballots.rights s on (s.organisation_id, s.invitation_id) = (o.organisation_id, o.id)
                                        where (o.organisation_id, o.campaign_id, o.estate_id, o.dwelling)
                                              = (i.organisation_id, i.campaign_id, i.estate_id, i.dwelling)
                                          and o.source is null and not s.not_again) then i.dwelling end as dwelling
            from registry.invitations i
            join ballots.rights r on (r.organisation_id, r.invitation_id) = (i.organisation_id, i.id)
            left join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
           where (i.organisation_id, i.campaign_id) = (new.organisation_id, new.id) and r.not_again) w
   where w.dwelling is not null or w.known_by is not null
   order by gen_random_uuid();
  return null;
end $$;

-- ---------------------------------------------------------------- the sender's side

create or replace function delivery.is_locked(p_organisation_id uuid, p_campaign_id uuid, p_estate_id uuid)
returns boolean
language sql stable security definer set search_path = pg_catalog
as $$
  select exists (select from registry.campaigns c
                  where (c.organisation_id, c.id) = (p_organisation_id, p_campaign_id)
                    and c.status <> 'draft' and c.links_handed_out)
      or exists (select from delivery.written_to w
                  where (w.organisation_id, w.campaign_id, w.estate_id)
                        = (p_organisation_id, p_campaign_id, p_estate_id))
      or exists (select from registry.invitations i
                   join ballots.rights r on (r.organisation_id, r.invitation_id) = (i.organisation_id, i.id)
                  where (i.organisation_id, i.campaign_id, i.estate_id)
                        = (p_organisation_id, p_campaign_id, p_estate_id)
                    and i.source is null and (r.used or r.declined or r.not_again))
$$;

create or replace function delivery.asked_for_peace(p_campaign_id uuid)
returns setof uuid
language sql stable security definer set search_path = pg_catalog
as $$
  select i.id
    from registry.invitations i
    left join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
   where i.campaign_id = p_campaign_id and i.source is null
     and exists (
       select from registry.invitations o
         join ballots.rights r on (r.organisation_id, r.invitation_id) = (o.organisation_id, o.id)
         join registry.campaigns c on (c.organisation_id, c.id) = (o.organisation_id, o.campaign_id)
         left join delivery.contacts ok on (ok.organisation_id, ok.invitation_id) = (o.organisation_id, o.id)
        where o.organisation_id = i.organisation_id and o.campaign_id <> i.campaign_id and c.status = 'open'
          and r.not_again and o.source is null
          and (ok.known_by = k.known_by
               or ((o.estate_id, o.dwelling) = (i.estate_id, i.dwelling)
                   and not exists (select from registry.invitations p
                                     join ballots.rights s on (s.organisation_id, s.invitation_id) = (p.organisation_id, p.id)
                                    where (p.organisation_id, p.campaign_id, p.estate_id, p.dwelling)
                                          = (o.organisation_id, o.campaign_id, o.estate_id, o.dwelling)
                                      and p.source is null and not s.not_again))))
$$;

create or replace function delivery.due(p_batch uuid)
returns table(id uuid, estate_name text, contact bytea, link bytea)
language sql stable security definer set search_path = pg_catalog
as $$
  with round as materialized (
    select q.campaign_id from delivery.queue q where q.batch = p_batch limit 1),
  quiet as materialized (
    select registry.left_out((select campaign_id from round)) as id
    union
    select delivery.asked_for_peace((select campaign_id from round)))
  select q.id, e.name, k.sealed, l.sealed
    from delivery.queue q
    join registry.invitations i on (i.organisation_id, i.id) = (q.organisation_id, q.invitation_id)
    join ballots.rights r on (r.organisation_id, r.invitation_id) = (i.organisation_id, i.id)
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
    join delivery.links l on (l.organisation_id, l.invitation_id) = (i.organisation_id, i.id)
   where q.batch = p_batch and (q.number = 0 or not r.used) and not r.declined and not r.not_again
     and c.status = 'open' and current_date between c.opens_on and c.closes_on
     and not exists (select from quiet where quiet.id = i.id)
   order by gen_random_uuid()
$$;

-- ---------------------------------------------------------------- the mixer's and retention's side
-- Who followed an open link is hidden from the console by a policy, and the row is written by whoever follows: it is
-- shuffled, too, when somebody has sent by one. The others must not be: the console would see when.

create or replace function ballots.shuffle_invitations(p_campaign_id uuid, p_estate_ids uuid[])
returns uuid[]
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms'
as $$
declare
  v_known uuid[];
  v record;
begin
  select coalesce(array_agg(b.id), '{}') into v_known from ballots.box b
   where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids) and b.fresh;
  for v in select r.organisation_id, r.invitation_id from ballots.rights r
            where r.campaign_id = p_campaign_id and r.estate_id = any(p_estate_ids)
            order by gen_random_uuid() loop
    update ballots.rights r set used = r.used
     where r.organisation_id = v.organisation_id and r.invitation_id = v.invitation_id;
  end loop;
  for v in select i.organisation_id, i.id from registry.invitations i
            where i.campaign_id = p_campaign_id and i.estate_id = any(p_estate_ids) and i.source is not null
              and exists (select from ballots.box b
                           where b.campaign_id = i.campaign_id and b.estate_id = i.estate_id and b.fresh
                             and b.source is not null)
            order by gen_random_uuid() loop
    update registry.invitations i set dwelling = i.dwelling
     where i.organisation_id = v.organisation_id and i.id = v.id;
  end loop;
  return v_known;
end $$;

create or replace function ballots.forget_participation(p_campaign_id uuid)
returns void
language plpgsql security definer set search_path = pg_catalog
as $$
declare
  v record;
  v_declined integer;
begin
  select count(*) into v_declined from ballots.rights where campaign_id = p_campaign_id and declined;
  if v_declined >= 5 then
    update registry.campaigns set declined_in_all = v_declined where id = p_campaign_id;
  end if;
  for v in select r.organisation_id, r.invitation_id from ballots.rights r
            where r.campaign_id = p_campaign_id order by gen_random_uuid() loop
    update ballots.rights r set used = false, declined = false
     where r.organisation_id = v.organisation_id and r.invitation_id = v.invitation_id;
  end loop;
end $$;

create or replace function retention.delete_invitations(p_campaign_id uuid)
returns jsonb
language plpgsql security definer set search_path = pg_catalog
as $$
declare
  v_organisation uuid;
  v_declined integer;
  v_not_again integer;
  n bigint;
begin
  select organisation_id into v_organisation from registry.campaigns c
   where id = p_campaign_id and status = 'closed' and contacts_due_on <= current_date
     and (c.answers_deleted_on is not null
          or exists (select from answers.waves w
                      where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id))) for update;
  if not found then
    return null;
  end if;
  select count(*) filter (where r.declined), count(*) filter (where r.not_again) into v_declined, v_not_again
    from ballots.rights r
   where (r.organisation_id, r.campaign_id) = (v_organisation, p_campaign_id);
  delete from registry.invitations where organisation_id = v_organisation and campaign_id = p_campaign_id;
  get diagnostics n = row_count;
  if n = 0 then
    return null;
  end if;
  update registry.campaigns
     set declined_in_all = coalesce(declined_in_all, case when v_declined >= 5 then v_declined end),
         not_again_in_all = coalesce(not_again_in_all,
                                     case when v_not_again >= 5 then v_not_again - v_not_again % 5 end)
   where organisation_id = v_organisation and id = p_campaign_id;
  insert into retention.log (organisation_id, campaign_id, step, counts)
  values (v_organisation, p_campaign_id, 'invitations', jsonb_build_object('invitations', n));
  return jsonb_build_object('invitations', n);
end $$;

-- ---------------------------------------------------------------- what the rows still tell
-- One transaction for all, in the order of their random ids: who had sent or said no since the last shuffle lay last.
update registry.invitations set dwelling = dwelling;
alter table registry.invitations
  -- squawk-ignore ban-drop-column
  drop column used,
  -- squawk-ignore ban-drop-column
  drop column declined,
  -- squawk-ignore ban-drop-column
  drop column not_again;
cluster registry.invitations using invitations_pkey;
alter table registry.invitations set without cluster;

-- migrate:down
-- Forward only.
