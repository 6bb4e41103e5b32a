-- migrate:up

set local lock_timeout = '10s';

create schema retention;

-- ---------------------------------------------------------------- a round carries its dates
alter table registry.campaigns
  -- Contact data and the keys to them: so many days after closing. Answers: so many years.
  add column contact_days integer not null default 30 check (contact_days between 0 and 365),
  add column archive_years integer not null default 5 check (archive_years between 1 and 10),
  -- The days on which they are deleted, set when the round closes. Null until then.
  add column contacts_due_on date,
  add column answers_due_on date,
  add column answers_deleted_on date;

-- Rounds closed before there were dates: nothing is deleted before somebody has had a month to see the day.
-- An imported round, however old, is counted from today.
update registry.campaigns
   set contacts_due_on = greatest(coalesce(closed_on, closes_on) + 30, current_date + 30),
       answers_due_on = case when source = 'import' then (current_date + interval '5 years')::date
                             else greatest((coalesce(closed_on, closes_on) + interval '5 years')::date,
                                           current_date + 30) end
 where status = 'closed';

-- The console may choose how long while nobody can answer yet; when tenants have been told, it is so. The days
-- themselves are set here alone.
create function retention.set_dates() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if new.status = 'closed' and (tg_op = 'INSERT' or old.status <> 'closed') then
    new.contacts_due_on := current_date + new.contact_days;
    new.answers_due_on := (current_date + make_interval(years => new.archive_years))::date;
    new.answers_deleted_on := null;
  elsif current_user = 'bostemme_registry' then
    if tg_op = 'INSERT' then
      new.contacts_due_on := null;
      new.answers_due_on := null;
      new.answers_deleted_on := null;
    elsif (new.contacts_due_on, new.answers_due_on, new.answers_deleted_on)
          is distinct from (old.contacts_due_on, old.answers_due_on, old.answers_deleted_on)
       or (old.status <> 'draft'
           and (new.contact_days, new.archive_years) is distinct from (old.contact_days, old.archive_years)) then
      raise exception 'the dates of deletion are promised' using errcode = 'restrict_violation';
    end if;
  end if;
  return new;
end $$;
create trigger set_dates before insert or update on registry.campaigns
  for each row execute function retention.set_dates();

-- ---------------------------------------------------------------- what may never change
-- For everybody, the owner too. Who owns the database can take a trigger away; the hashes would still tell.
create function retention.refuse() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  raise exception '% of %.% is refused: it is kept as it was written', lower(tg_op), tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end $$;

-- A sealed wave leaves when its archive period is over, and in no other way.
create function retention.refuse_unless_over() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if exists (select from registry.campaigns c
              where (c.organisation_id, c.id) = (old.organisation_id, old.campaign_id)
                and c.status = 'closed' and c.answers_due_on <= current_date) then
    return old;
  end if;
  raise exception 'a sealed wave is kept until its archive period is over' using errcode = 'restrict_violation';
end $$;

-- What was deleted does not come back as a wave of no answers.
create function retention.refuse_anew() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if exists (select from registry.campaigns c
              where (c.organisation_id, c.id) = (new.organisation_id, new.campaign_id)
                and c.answers_deleted_on is not null) then
    raise exception 'the answers of this round are deleted' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

revoke update, delete, truncate on answers.waves
  from public, bostemme_registry, bostemme_answers, bostemme_phone, bostemme_mixer;
create trigger sealed_once before insert on answers.waves
  for each row execute function retention.refuse_anew();
create trigger sealed_for_good before update on answers.waves
  for each row execute function retention.refuse();
create trigger sealed_until_over before delete on answers.waves
  for each row execute function retention.refuse_unless_over();
create trigger sealed_as_a_whole before truncate on answers.waves
  for each statement execute function retention.refuse();

-- ---------------------------------------------------------------- what has been published
-- Written when a report is first read or printed: what it said, protected, and from which waves it was computed.
create table answers.published (
  organisation_id uuid not null,
  campaign_id uuid not null,
  scope text not null,                          -- 'all', or the id of an estate (or of the area of small ones)
  before_hash bytea not null default ''::bytea, -- of the wave it was compared with; empty when with none
  before_campaign_id uuid,
  wave_hash bytea not null check (octet_length(wave_hash) = 32),
  figures_hash bytea not null check (octet_length(figures_hash) = 32),
  results text not null,
  first_on date not null default current_date,
  primary key (organisation_id, campaign_id, scope, before_hash)
);
create trigger published_for_good before update or delete on answers.published
  for each row execute function retention.refuse();
create trigger published_as_a_whole before truncate on answers.published
  for each statement execute function retention.refuse();

-- ---------------------------------------------------------------- the log
create table retention.log (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  done_on date not null default current_date,
  campaign_id uuid not null,
  step text not null check (step in ('ballot_key', 'contacts', 'contact_key', 'answers', 'wave')),
  counts jsonb not null,
  primary key (organisation_id, id)
);
create index log_by_campaign on retention.log (organisation_id, campaign_id);
create trigger log_for_good before update or delete on retention.log
  for each row execute function retention.refuse();
create trigger log_as_a_whole before truncate on retention.log
  for each statement execute function retention.refuse();

create function retention.note_ballot_key() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into retention.log (organisation_id, campaign_id, step, counts)
  values (new.organisation_id, new.campaign_id, 'ballot_key', '{"keys": 1}');
  return null;
end $$;
create trigger note_ballot_key after update of destroyed_on on registry.ballot_keys
  for each row when (old.destroyed_on is null and new.destroyed_on is not null and new.campaign_id is not null)
  execute function retention.note_ballot_key();

-- ---------------------------------------------------------------- the steps
-- Addresses and links live in tables of another room, which may not have been built: those that are there.
create function retention.contact_tables() returns setof regclass
language sql stable security definer set search_path = pg_catalog as $$
  select to_regclass(t) from unnest(array['delivery.contacts', 'delivery.links', 'delivery.printouts']) t
   where to_regclass(t) is not null
$$;

create function retention.count_contacts(p_campaign_id uuid) returns bigint
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  t regclass;
  n bigint;
  total bigint := 0;
begin
  for t in select retention.contact_tables() loop
    execute format('select count(*) from %s where campaign_id = $1', t) into n using p_campaign_id;
    total := total + n;
  end loop;
  return total;
end $$;

-- Keys of kind contact that are not destroyed.
create function retention.contact_keys(p_campaign_id uuid) returns bytea[]
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  found_keys bytea[] := '{}';
begin
  if to_regclass('delivery.contact_keys') is not null then
    execute 'select coalesce(array_agg(public_key), ''{}'') from delivery.contact_keys'
            ' where campaign_id = $1 and destroyed_on is null' into found_keys using p_campaign_id;
  end if;
  return found_keys;
end $$;

-- What is left of every closed round.
create function retention.held()
returns table (organisation_id uuid, campaign_id uuid, name text, contacts_due_on date, answers_due_on date,
  answers_deleted_on date, contacts bigint, contact_keys bytea[], answers bigint, ballots bigint, receipts bigint,
  wave integer, today date)
language sql stable security definer set search_path = pg_catalog as $$
  select c.organisation_id, c.id, c.name, c.contacts_due_on, c.answers_due_on, c.answers_deleted_on,
         retention.count_contacts(c.id), retention.contact_keys(c.id),
         (select count(*) from answers.responses r where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id)),
         (select count(*) from ballots.box b where b.campaign_id = c.id),
         (select count(*) from ballots.receipts r where r.campaign_id = c.id),
         (select w.responses from answers.waves w where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id)),
         current_date
    from registry.campaigns c
   where c.status = 'closed'
   order by c.answers_due_on, c.id
$$;

-- Each step holds the round, sees for itself whether its day has come, and writes what it did into the log. Nothing
-- comes back when there was nothing to do.
create function retention.delete_contacts(p_campaign_id uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
  t regclass;
  n bigint;
  total bigint := 0;
begin
  select organisation_id into v_organisation from registry.campaigns
   where id = p_campaign_id and status = 'closed' and contacts_due_on <= current_date for update;
  if not found then
    return null;
  end if;
  for t in select retention.contact_tables() loop
    execute format('delete from %s where campaign_id = $1', t) using p_campaign_id;
    get diagnostics n = row_count;
    total := total + n;
  end loop;
  if total = 0 then
    return null;
  end if;
  insert into retention.log (organisation_id, campaign_id, step, counts)
  values (v_organisation, p_campaign_id, 'contacts', jsonb_build_object('contacts', total));
  return jsonb_build_object('contacts', total);
end $$;

create function retention.note_contact_key(p_campaign_id uuid, p_public_key bytea) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
  n bigint;
begin
  select organisation_id into v_organisation from registry.campaigns
   where id = p_campaign_id and status = 'closed' and contacts_due_on <= current_date for update;
  if not found or not p_public_key = any(retention.contact_keys(p_campaign_id)) then
    return null;
  end if;
  execute 'update delivery.contact_keys set destroyed_on = current_date'
          ' where public_key = $1 and destroyed_on is null' using p_public_key;
  insert into retention.log (organisation_id, campaign_id, step, counts)
  values (v_organisation, p_campaign_id, 'contact_key', '{"keys": 1}');
  return '{"keys": 1}';
end $$;

-- Answers one by one, ballots that never could be opened, receipts. The sealed wave stays one step longer.
create function retention.delete_answers(p_campaign_id uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
  v_answers bigint;
  v_ballots bigint;
  v_receipts bigint;
  v_counts jsonb;
begin
  select organisation_id into v_organisation from registry.campaigns
   where id = p_campaign_id and status = 'closed' and answers_due_on <= current_date for update;
  if not found then
    return null;
  end if;
  delete from answers.responses where organisation_id = v_organisation and campaign_id = p_campaign_id;
  get diagnostics v_answers = row_count;
  delete from ballots.box where campaign_id = p_campaign_id;
  get diagnostics v_ballots = row_count;
  delete from ballots.receipts where campaign_id = p_campaign_id;
  get diagnostics v_receipts = row_count;
  if v_answers + v_ballots + v_receipts = 0 then
    return null;
  end if;
  v_counts := jsonb_build_object('answers', v_answers, 'ballots', v_ballots, 'receipts', v_receipts);
  insert into retention.log (organisation_id, campaign_id, step, counts)
  values (v_organisation, p_campaign_id, 'answers', v_counts);
  return v_counts;
end $$;

-- The last copy of the answers. `p_checked`: how many published reports were computed anew from it, and with what
-- outcome.
create function retention.delete_wave(p_campaign_id uuid, p_checked jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
  v_rows integer;
  v_counts jsonb;
begin
  select organisation_id into v_organisation from registry.campaigns
   where id = p_campaign_id and status = 'closed' and answers_due_on <= current_date
     and answers_deleted_on is null for update;
  if not found or exists (select from answers.responses
                           where organisation_id = v_organisation and campaign_id = p_campaign_id) then
    return null;
  end if;
  delete from answers.waves where organisation_id = v_organisation and campaign_id = p_campaign_id
  returning responses into v_rows;
  update registry.campaigns set answers_deleted_on = current_date
   where organisation_id = v_organisation and id = p_campaign_id;
  v_counts := jsonb_build_object('rows', coalesce(v_rows, 0)) || p_checked;
  insert into retention.log (organisation_id, campaign_id, step, counts)
  values (v_organisation, p_campaign_id, 'wave', v_counts);
  return v_counts;
end $$;

-- ---------------------------------------------------------------- rounds whose answers are deleted
create or replace function ballots.unsealed() returns table (organisation_id uuid, campaign_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select c.organisation_id, c.id from registry.campaigns c
   where c.status = 'closed' and c.answers_deleted_on is null
     and not exists (select 1 from ballots.box b where b.campaign_id = c.id)
     and not exists (select 1 from answers.waves w where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id))
$$;

-- `sealed`: nothing more is to be opened with it.
create or replace function ballots.keys()
returns table (public_key bytea, organisation_id uuid, campaign_id uuid, campaign_name text, current boolean,
  made_on date, destroyed_on date, waiting bigint, sealed boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select k.public_key, k.organisation_id, k.campaign_id, c.name, coalesce(c.ballot_key = k.public_key, false), k.made_on,
         k.destroyed_on, (select count(*) from ballots.box b where b.public_key = k.public_key),
         c.answers_deleted_on is not null
         or exists (select 1 from answers.waves w
                     where (w.organisation_id, w.campaign_id) = (k.organisation_id, k.campaign_id))
    from registry.ballot_keys k
    left join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
$$;

-- ---------------------------------------------------------------- those who did not wish to take part
-- How many: never below 5, and in steps of 5 while the round is open, so that nobody sees one arrive.
create function ballots.declined_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, n integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id, case when d.n < 5 then null when c.status = 'closed' then d.n else d.n - d.n % 5 end::integer
    from registry.campaigns c
    cross join lateral (select count(*) as n from registry.invitations i
                         where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id) and i.declined) d
   where c.id = any(p_campaign_ids)
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

-- ---------------------------------------------------------------- who may do what
do $$
declare
  t text;
begin
  foreach t in array array['answers.published', 'retention.log'] loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'create policy own_organisation on %s using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
revoke all on all functions in schema retention from public;
revoke all on function ballots.declined_counts from public;
grant select, insert on answers.published to bostemme_answers;
grant usage on schema retention to bostemme_registry, bostemme_mixer;
grant select on retention.log to bostemme_registry;
grant execute on function ballots.declined_counts to bostemme_registry;
grant execute on function retention.held, retention.delete_contacts, retention.note_contact_key,
  retention.delete_answers, retention.delete_wave to bostemme_mixer;

-- migrate:down
-- Forward only: what was deleted does not come back, and what is published must stay.
