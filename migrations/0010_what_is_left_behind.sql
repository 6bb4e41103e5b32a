-- migrate:up

set local lock_timeout = '10s';

-- ---------------------------------------------------------------- the box: what lies out of line
-- A sealed ballot is too long for a row: PostgreSQL keeps it in pieces beside the table (TOAST), numbered as they
-- come, and a row that is written anew keeps pointing at its old pieces. So the pieces kept the order of arrival that
-- the shuffle took from the rows. Joined with nothing a value is a new one: its pieces are written anew, too.
create or replace function ballots.shuffle_box(p_campaign_id uuid, p_estate_ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_id uuid;
begin
  for v_id in select b.id from ballots.box b
               where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids)
               order by gen_random_uuid() loop
    update ballots.box b
       set fresh = false, sealed = b.sealed || ''::bytea, copy = b.copy || ''::bytea
     where b.id = v_id;
  end loop;
end $$;
-- What waits now was shuffled without its pieces: once more.
update ballots.box set fresh = true;

-- ---------------------------------------------------------------- "do not ask me again"
-- A wish about later rounds, open to those who answer and to those who do not: it says nothing about either. While
-- the round is open it stands at the invitation, where its link can undo it and the shuffle writes it anew.
alter table registry.invitations add column not_again boolean not null default false;

-- A keyed hash of the address, so that somebody who does not wish to be asked is known in a later list. It dies with
-- the contact, but for those who have said so.
alter table delivery.contacts add column known_by bytea check (octet_length(known_by) = 32);

-- Written when a round closes, in an order drawn by lot: no day on which somebody said so. `dwelling`: null when
-- others there did not say so; then the address alone tells.
create table registry.not_asked (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  estate_id uuid not null,
  dwelling integer,
  known_by bytea,
  until date not null,
  primary key (organisation_id, id),
  check (dwelling is not null or known_by is not null),
  foreign key (organisation_id, estate_id) references registry.estates (organisation_id, id) on delete cascade
);
create index not_asked_by_dwelling on registry.not_asked (organisation_id, estate_id, dwelling);
create index not_asked_by_address on registry.not_asked (organisation_id, known_by);

-- True: will be asked in later rounds. Null: was never asked (an open link), or the round is over.
create function ballots.asked_again(p_token_hash bytea) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select not i.not_again
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
   where i.token_hash = p_token_hash and i.source is null
     and c.status = 'open' and current_date between c.opens_on and c.closes_on
$$;

-- False when it cannot be said here (any more).
create function ballots.ask_again(p_token_hash bytea, p_again boolean) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_campaign uuid;
begin
  select campaign_id into v_campaign from registry.invitations where token_hash = p_token_hash;
  perform pg_advisory_xact_lock_shared(ballots.round_lock(v_campaign));
  update registry.invitations i set not_again = not p_again
    from registry.campaigns c
   where i.token_hash = p_token_hash and i.source is null
     and (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
     and c.status = 'open' and current_date between c.opens_on and c.closes_on;
  return found;
end $$;

create function registry.remember_not_asked() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into registry.not_asked (organisation_id, estate_id, dwelling, known_by, until)
  select w.organisation_id, w.estate_id, w.dwelling, w.known_by, (current_date + interval '3 years')::date
    from (select i.organisation_id, i.estate_id, k.known_by,
                 case when not exists (select from registry.invitations o
                                        where (o.organisation_id, o.campaign_id, o.estate_id, o.dwelling)
                                              = (i.organisation_id, i.campaign_id, i.estate_id, i.dwelling)
                                          and o.source is null and not o.not_again) then i.dwelling end as dwelling
            from registry.invitations i
            left join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
           where (i.organisation_id, i.campaign_id) = (new.organisation_id, new.id) and i.not_again) w
   where w.dwelling is not null or w.known_by is not null
   order by gen_random_uuid();
  return null;
end $$;
create trigger remember_not_asked after update of status on registry.campaigns
  for each row when (old.status <> 'closed' and new.status = 'closed')
  execute function registry.remember_not_asked();

-- Invitations of a round that get no letter and no message. For whoever prints and for the sender.
create function registry.left_out(p_campaign_id uuid) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select i.id
    from registry.invitations i
    left join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
   where i.campaign_id = p_campaign_id and i.source is null
     and exists (select from registry.not_asked n
                  where n.organisation_id = i.organisation_id and n.until >= current_date
                    and ((n.estate_id = i.estate_id and n.dwelling = i.dwelling) or n.known_by = k.known_by))
$$;

-- The office's door to it: rounds of its own organisation.
create function registry.own_left_out(p_campaign_id uuid) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select l.id from registry.left_out(p_campaign_id) as l (id)
   where exists (select from registry.campaigns c
                  where c.id = p_campaign_id
                    and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
$$;

create or replace function delivery.due(p_batch uuid)
returns table (id uuid, estate_name text, contact bytea, link bytea)
language sql stable security definer set search_path = pg_catalog as $$
  with quiet as materialized (
    select registry.left_out((select q.campaign_id from delivery.queue q where q.batch = p_batch limit 1)) as id)
  select q.id, e.name, k.sealed, l.sealed
    from delivery.queue q
    join registry.invitations i on (i.organisation_id, i.id) = (q.organisation_id, q.invitation_id)
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
    join delivery.links l on (l.organisation_id, l.invitation_id) = (i.organisation_id, i.id)
   where q.batch = p_batch and not i.used and not i.declined
     and c.status = 'open' and current_date between c.opens_on and c.closes_on
     and not exists (select from quiet where quiet.id = i.id)
   order by gen_random_uuid()
$$;

-- ---------------------------------------------------------------- invitations have a day, too
-- What is left of them: counts that were fit to be shown. Null: fewer than 5, or the invitations are still there.
alter table registry.campaigns
  add column declined_in_all integer check (declined_in_all >= 5),
  add column not_again_in_all integer check (not_again_in_all >= 5);

create or replace function ballots.declined_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, n integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id, coalesce(c.declined_in_all,
                        case when d.n < 5 then null when c.status = 'closed' then d.n else d.n - d.n % 5 end::integer)
    from registry.campaigns c
    cross join lateral (select count(*) as n from registry.invitations i
                         where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id) and i.declined) d
   where c.id = any(p_campaign_ids)
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

-- `not_again`: said so in this round. `left_out`: not written to in this round. Never below 5, in steps of 5: the
-- exact number of those left out would tell of one more or one less between two rounds.
create function ballots.not_again_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, not_again integer, left_out integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id,
         coalesce(c.not_again_in_all, case when d.n >= 5 then d.n - d.n % 5 end::integer),
         case when l.n >= 5 then l.n - l.n % 5 end::integer
    from registry.campaigns c
    cross join lateral (select count(*) as n from registry.invitations i
                         where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id) and i.not_again) d
    cross join lateral (select count(*) as n from registry.left_out(c.id)) l
   where c.id = any(p_campaign_ids)
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

-- squawk-ignore ban-drop-function
drop function retention.held();
-- `invitations`: those that may go, for their round's wave is sealed.
create function retention.held()
returns table (organisation_id uuid, campaign_id uuid, name text, contacts_due_on date, answers_due_on date,
  answers_deleted_on date, contacts bigint, contact_keys bytea[], invitations bigint, answers bigint, ballots bigint,
  receipts bigint, wave integer, today date)
language sql stable security definer set search_path = pg_catalog as $$
  select c.organisation_id, c.id, c.name, c.contacts_due_on, c.answers_due_on, c.answers_deleted_on,
         retention.count_contacts(c.id), retention.contact_keys(c.id),
         (select count(*) from registry.invitations i
           where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id)
             and (w.responses is not null or c.answers_deleted_on is not null)),
         (select count(*) from answers.responses r where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id)),
         (select count(*) from ballots.box b where b.campaign_id = c.id),
         (select count(*) from ballots.receipts r where r.campaign_id = c.id),
         w.responses,
         current_date
    from registry.campaigns c
    left join answers.waves w on (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id)
   where c.status = 'closed'
   order by c.answers_due_on, c.id
$$;

-- squawk-ignore ban-drop-constraint
alter table retention.log drop constraint log_step_check;
alter table retention.log add constraint log_step_check
  check (step in ('ballot_key', 'contacts', 'contact_key', 'invitations', 'answers', 'wave')) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table retention.log validate constraint log_step_check;

-- Which home was asked, the hash of its link, and whether it was used: on the day of the contacts, when nothing waits
-- for them any more. How many were asked stays with the estates of the round.
create function retention.delete_invitations(p_campaign_id uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
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
  select count(*) filter (where i.declined), count(*) filter (where i.not_again) into v_declined, v_not_again
    from registry.invitations i
   where (i.organisation_id, i.campaign_id) = (v_organisation, p_campaign_id);
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

-- Wishes not to be asked whose time is over.
create function retention.forget_not_asked() returns bigint
language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from registry.not_asked where until < current_date returning 1)
  select count(*) from gone
$$;

-- How long what concerns the holder of this link is kept, as her page on privacy tells it.
create function ballots.kept(p_token_hash bytea) returns table (contact_days integer, archive_years integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.contact_days, c.archive_years
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
   where i.token_hash = p_token_hash
$$;

-- ---------------------------------------------------------------- who may do what
alter table registry.not_asked enable row level security;
revoke all on function ballots.asked_again, ballots.ask_again, ballots.kept, ballots.not_again_counts, registry.remember_not_asked,
  registry.left_out, registry.own_left_out, retention.held, retention.delete_invitations, retention.forget_not_asked
  from public;
grant execute on function ballots.asked_again, ballots.ask_again, ballots.kept to bostemme_phone;
grant execute on function ballots.not_again_counts, registry.own_left_out to bostemme_registry;
grant update (known_by) on delivery.contacts to bostemme_registry;
grant execute on function retention.held, retention.delete_invitations, retention.forget_not_asked to bostemme_mixer;

-- migrate:down
-- Forward only: what was deleted does not come back.
