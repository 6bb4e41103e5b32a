-- migrate:up

set local lock_timeout = '10s';

-- ---------------------------------------------------------------- between closing and mixing
-- Closed rounds with ballots in the box that can be read. While one waits it can be withdrawn, and goes to its estate
-- or along with the few of another: live counts told both.
create function answers.being_counted(p_campaign_ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select c.id from registry.campaigns c
   where c.id = any(p_campaign_ids) and c.status = 'closed'
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
     and exists (select from ballots.box b
                  where (b.organisation_id, b.campaign_id) = (c.organisation_id, c.id) and not b.unreadable)
$$;

-- As before of an open round. Of a closed one nothing while it is being counted, and then the answers, from five on.
create or replace function answers.told_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, estate_id uuid, n bigint)
language sql stable security definer set search_path = pg_catalog as $$
  with own as (
    select c.organisation_id, c.id, c.status from registry.campaigns c
     where c.id = any(p_campaign_ids)
       and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  select s.campaign_id, s.estate_id, s.n
    from own join ballots.noted s on (s.organisation_id, s.campaign_id) = (own.organisation_id, own.id)
   where own.status = 'open'
  union all
  select p.campaign_id, p.estate_id, count(*)
    from own join answers.responses p on (p.organisation_id, p.campaign_id) = (own.organisation_id, own.id)
   where own.status = 'closed' and own.id not in (select answers.being_counted(p_campaign_ids))
     and p.estate_id is not null and p.mode not like 'open:%'
   group by 1, 2
  having count(*) >= 5
$$;
revoke all on function answers.being_counted from public;
grant execute on function answers.being_counted to bostemme_answers;

-- ---------------------------------------------------------------- rows that are held while somebody sends
-- The lock that is held while somebody sends goes by a number that nobody else can reckon: who knew it could try, and so
-- see when one sends.
create table ballots.lock_salt (salt uuid not null default gen_random_uuid());
create unique index lock_salt_one on ballots.lock_salt ((true));
insert into ballots.lock_salt default values;
alter table ballots.lock_salt enable row level security;
create or replace function ballots.round_lock(p_campaign_id uuid) returns bigint
language sql stable set search_path = pg_catalog as $$
  select hashtextextended(s.salt::text || p_campaign_id::text, 0) from ballots.lock_salt s
$$;
create or replace function ballots.hold_for_mixing(p_campaign_id uuid) returns void
language sql security definer set search_path = pg_catalog as $$
  select pg_advisory_xact_lock(hashtextextended('mixing ' || s.salt::text || p_campaign_id::text, 0))
    from ballots.lock_salt s
$$;

-- Who may change a row may ask whether another is changing it (`for update skip locked`, or a change that fails since the
-- row is another than it was): the console could see which home was sending. It changes links by functions now, which
-- first wait for all who are sending in the round, as closing does, and see the rows as they are then.
create function registry.hold_round(p_ids uuid[]) returns void
language plpgsql set search_path = pg_catalog as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'links change in read committed alone' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(ballots.round_lock(r.campaign_id))
     from (select distinct i.campaign_id from registry.invitations i
            where i.id = any(p_ids)
              and i.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
            order by i.campaign_id) r;
end $$;

create function registry.replace_tokens(p_ids uuid[], p_token_hashes bytea[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform registry.hold_round(p_ids);
  update registry.invitations i set token_hash = n.token_hash
    from unnest(p_ids, p_token_hashes) as n (id, token_hash)
   where i.id = n.id and i.source is null
     and i.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid;
end $$;

create function registry.release_members(p_ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform registry.hold_round(p_ids);
  update registry.invitations i set member_id = null
   where i.id = any(p_ids) and i.source is null
     and i.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid;
end $$;

revoke update (token_hash, member_id) on registry.invitations from bostemme_registry;
revoke all on function registry.hold_round, registry.replace_tokens, registry.release_members from public;
grant execute on function registry.replace_tokens, registry.release_members to bostemme_registry;

-- ---------------------------------------------------------------- what PostgreSQL tells of itself
-- Besides what 0028 took back: which locks are held; how far the write-ahead log has come, in three more
-- ways; numbers of objects, which sealed ballots use up; and how large each table was when it was last swept. Only a
-- superuser can; docs/production.md has the same for a server of one's own.
do $$
declare
  f regprocedure;
begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    for f in select p.oid from pg_proc p
              where p.pronamespace = 'pg_catalog'::regnamespace
                and p.proname ~ ('^pg_(lock_status|blocking_pids|safe_snapshot_blocking_pids|logical_emit_message'
                                 '|control_checkpoint|get_replication_slots)$'
                                 '|^lo_(creat|create|from_bytea)$') loop
      execute format('revoke execute on function %s from public', f);
      execute format('grant execute on function %s to pg_monitor, %s', f,
                     (select datdba::regrole from pg_database where datname = current_database()));
    end loop;
    revoke select on pg_catalog.pg_class from public;
    execute (select format('grant select (%s) on pg_catalog.pg_class to public', string_agg(quote_ident(attname), ', '))
               from pg_attribute
              where attrelid = 'pg_catalog.pg_class'::regclass and not attisdropped and attnum > 0
                and attname not in ('relpages', 'reltuples', 'relallvisible'));
    execute format('grant select on pg_catalog.pg_class to pg_monitor, %s',
                   (select datdba::regrole from pg_database where datname = current_database()));
  end if;
end $$;

-- migrate:down
-- Forward only: what could be watched must not be watched again.
