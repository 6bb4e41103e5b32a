-- What is told of a closed round hangs on what the mixer has noted, and nobody writes more than his statements do.
-- migrate:up

set local lock_timeout = '10s';

-- ---------------------------------------------------------------- closed, and seen to be
-- Who may close a round may close it, look, and take it back: what opened at closing was open in that transaction, and
-- nothing said afterwards that somebody had looked. Now it opens by two columns that the mixer alone writes, of rounds
-- that *are* closed.
-- `seen_closed`: the mixer has seen it; drafts are gone, and who wishes not to be asked again stands in the list.
-- `counted`: and all of it is mixed; so long it says of nothing more than an open one.
alter table registry.campaigns
  add column seen_closed boolean not null default false,
  alter column counted set default false;

-- Before `set_dates`, which goes by the closing day.
create function registry.follow_status() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if tg_op = 'INSERT' then
    if new.status = 'open' and current_user = 'bostemme_registry' then
      raise exception 'a round begins as a draft' using errcode = 'restrict_violation';
    end if;
    new.counted := new.status = 'closed'; -- taken in with its answers: there was never a box
    new.seen_closed := new.counted;
  elsif new.status <> old.status then
    if current_user = 'bostemme_registry'
       and (old.status, new.status) not in (('draft', 'open'), ('open', 'closed')) then
      raise exception 'a round is opened, and then closed' using errcode = 'restrict_violation';
    end if;
    new.counted := false;
    new.seen_closed := false;
    if new.status = 'open' then
      new.begun := new.begun or new.opens_on <= current_date;
    elsif new.status = 'closed' then
      -- Never a day before its first, whatever the clock says.
      new.closed_on := coalesce(new.closed_on, greatest(current_date, new.opens_on));
    end if;
  end if;
  return new;
end $$;
revoke all on function registry.follow_status from public;
create trigger follow_status before insert or update of status on registry.campaigns
  for each row execute function registry.follow_status();

update registry.campaigns c
   set seen_closed = c.status = 'closed',
       counted = c.status = 'closed'
                 and (c.counted or exists (select from answers.waves w
                                            where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id)))
                 and not exists (select from ballots.box b
                                  where (b.organisation_id, b.campaign_id) = (c.organisation_id, c.id)
                                    and not b.unreadable);

-- What closing did by a trigger, and by a function of the console's, is the mixer's: of rounds that are closed for good.
drop trigger remember_not_asked on registry.campaigns;
-- squawk-ignore ban-drop-function
drop function registry.remember_not_asked();
-- squawk-ignore ban-drop-function
drop function ballots.drop_drafts(uuid);

create function ballots.note_closed() returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_seen integer := 0;
begin
  for v in select c.organisation_id, c.id from registry.campaigns c
            where c.status = 'closed' and not c.seen_closed
            order by c.id for update skip locked loop
    update registry.campaigns c set seen_closed = true where (c.organisation_id, c.id) = (v.organisation_id, v.id);
    delete from ballots.drafts where campaign_id = v.id;
    -- As 0056 did it at closing.
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
             where (i.organisation_id, i.campaign_id) = (v.organisation_id, v.id) and r.not_again) w
     where w.dwelling is not null or w.known_by is not null
     order by gen_random_uuid();
    v_seen := v_seen + 1;
  end loop;
  return v_seen;
end $$;

-- Whoever wished it is not written to, until the list says so.
create or replace function delivery.asked_for_peace(p_campaign_id uuid) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select i.id
    from registry.invitations i
    left join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
   where i.campaign_id = p_campaign_id and i.source is null
     and exists (
       select from registry.invitations o
         join ballots.rights r on (r.organisation_id, r.invitation_id) = (o.organisation_id, o.id)
         join registry.campaigns c on (c.organisation_id, c.id) = (o.organisation_id, o.campaign_id)
         left join delivery.contacts ok on (ok.organisation_id, ok.invitation_id) = (o.organisation_id, o.id)
        where o.organisation_id = i.organisation_id and o.campaign_id <> i.campaign_id and not c.seen_closed
          and r.not_again and o.source is null
          and (ok.known_by = k.known_by
               or ((o.estate_id, o.dwelling) = (i.estate_id, i.dwelling)
                   and not exists (select from registry.invitations p
                                     join ballots.rights s on (s.organisation_id, s.invitation_id) = (p.organisation_id, p.id)
                                    where (p.organisation_id, p.campaign_id, p.estate_id, p.dwelling)
                                          = (o.organisation_id, o.campaign_id, o.estate_id, o.dwelling)
                                      and p.source is null and not s.not_again))))
$$;

-- ---------------------------------------------------------------- what is told when it is counted
create or replace function ballots.is_being_counted(c registry.campaigns) returns boolean
language sql stable as $$
  select c.status = 'closed' and c.answers_deleted_on is null and not c.counted
$$;

create or replace function answers.still_mixing(p_campaign_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select from registry.campaigns c
                  where c.id = p_campaign_id and c.status = 'closed'
                    and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
                    and case when c.counted
                             then exists (select from ballots.box b
                                           where (b.organisation_id, b.campaign_id) = (c.organisation_id, c.id))
                             else c.answers_deleted_on is null end)
$$;

create or replace function ballots.unsealed() returns table (organisation_id uuid, campaign_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select c.organisation_id, c.id from registry.campaigns c
   where c.status = 'closed' and c.answers_deleted_on is null
     and case when c.counted
              then not exists (select 1 from ballots.box b where b.campaign_id = c.id)
                   and not exists (select 1 from answers.waves w
                                    where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id)) end
$$;

create or replace function answers.own_closed() returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select c.id from registry.campaigns c
   where c.status = 'closed' and c.counted
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

create or replace function answers.told_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, estate_id uuid, n bigint)
language sql stable security definer set search_path = pg_catalog as $$
  with own as (
    select c.organisation_id, c.id, c.status, c.counted from registry.campaigns c
     where c.id = any(p_campaign_ids)
       and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  select s.campaign_id, s.estate_id, s.n
    from own join ballots.noted s on (s.organisation_id, s.campaign_id) = (own.organisation_id, own.id)
   where own.status = 'open'
  union all
  select p.campaign_id, p.estate_id, count(*)
    from own join answers.responses p on (p.organisation_id, p.campaign_id) = (own.organisation_id, own.id)
   where own.status = 'closed' and own.counted and p.estate_id is not null and p.mode not like 'open:%'
   group by 1, 2
  having count(*) >= 5
$$;

create or replace function answers.pooled_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, area_id uuid, n bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select p.campaign_id, p.area_id, count(*)
    from registry.campaigns c
    join answers.responses p on (p.organisation_id, p.campaign_id) = (c.organisation_id, c.id)
   where c.id = any(p_campaign_ids) and c.status = 'closed' and c.counted
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
     and p.estate_id is null and p.mode not like 'open:%'
   group by 1, 2
  having count(*) >= 5
$$;

-- Of a round that is not counted the rights are not even read: `explain (analyze, buffers)` would tell of them.
create or replace function ballots.declined_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, n integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id,
         case when c.declined_in_all is not null then c.declined_in_all
              when c.counted
              then (select case when count(*) >= 5 then count(*)::integer end from ballots.rights r
                     where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id) and r.declined) end
    from registry.campaigns c
   where c.id = any(p_campaign_ids) and c.status = 'closed'
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

create or replace function ballots.not_again_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, not_again integer, left_out integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id,
         case when c.status <> 'closed' or not c.counted then null
              when c.not_again_in_all is not null then c.not_again_in_all
              else (select case when count(*) >= 5 then (count(*) - count(*) % 5)::integer end from ballots.rights r
                     where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id) and r.not_again) end,
         case when c.status <> 'closed'
              then (select case when count(*) >= 5 then (count(*) - count(*) % 5)::integer end
                      from registry.left_out(c.id)) end
    from registry.campaigns c
   where c.id = any(p_campaign_ids)
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

create or replace function ballots.uncounted() returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select c.id from registry.campaigns c where c.status = 'closed' and c.seen_closed and not c.counted
$$;
create or replace function ballots.note_counted(p_campaign_ids uuid[]) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.campaigns c set counted = true
   where c.id = any(p_campaign_ids) and c.status = 'closed' and c.seen_closed and not c.counted
     and not exists (select from ballots.box b
                      where (b.organisation_id, b.campaign_id) = (c.organisation_id, c.id) and not b.unreadable)
     and not exists (select from registry.campaigns w -- waves of a panel wait for those before them
                      where (w.organisation_id, w.panel_id) = (c.organisation_id, c.panel_id) and w.wave < c.wave
                        and ballots.is_being_counted(w))
$$;

-- As in 0052, and of a round that is not counted the box is not asked: whether it was refused told whether somebody waits.
create or replace function retention.refuse_anew() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if exists (select from registry.campaigns c
              where (c.organisation_id, c.id) = (new.organisation_id, new.campaign_id)
                and c.answers_deleted_on is not null) then
    raise exception 'the answers of this round are deleted' using errcode = 'restrict_violation';
  end if;
  if not exists (select from registry.campaigns c
                  where (c.organisation_id, c.id) = (new.organisation_id, new.campaign_id)
                    and c.status = 'closed' and c.counted) then
    raise exception 'the round is not closed and counted' using errcode = 'restrict_violation';
  end if;
  if exists (select from ballots.box b where b.campaign_id = new.campaign_id) then
    raise exception 'answers of this round wait to be mixed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- As in 0009: by the addresses the list of those who are not to be asked is made.
create or replace function retention.delete_contacts(p_campaign_id uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
  t regclass;
  n bigint;
  total bigint := 0;
begin
  select organisation_id into v_organisation from registry.campaigns
   where id = p_campaign_id and status = 'closed' and seen_closed and contacts_due_on <= current_date for update;
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

-- ---------------------------------------------------------------- later waves of a panel
-- Their addresses cannot be changed, and no link of theirs is handed out anew: that somebody had answered locked them.
create or replace function delivery.is_locked(p_organisation_id uuid, p_campaign_id uuid, p_estate_id uuid)
returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select from registry.campaigns c
                  where (c.organisation_id, c.id) = (p_organisation_id, p_campaign_id)
                    and (c.wave > 1 or (c.status <> 'draft' and c.links_handed_out)))
      or exists (select from delivery.written_to w
                  where (w.organisation_id, w.campaign_id, w.estate_id)
                        = (p_organisation_id, p_campaign_id, p_estate_id))
$$;

-- ---------------------------------------------------------------- keys
-- The console takes one for its own drafts; the mixer gives open rounds theirs.
create function ballots.take_key(p_organisation_id uuid, p_campaign_id uuid) returns bytea
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_key bytea;
begin
  select public_key into v_key from registry.ballot_keys
   where campaign_id is null and panel_id is null and destroyed_on is null
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
create or replace function registry.take_ballot_key(p_organisation_id uuid, p_campaign_id uuid) returns bytea
language sql security definer set search_path = pg_catalog as $$
  select ballots.take_key(c.organisation_id, c.id) from registry.campaigns c
   where c.organisation_id = p_organisation_id and c.id = p_campaign_id and c.status = 'draft'
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;
create or replace function ballots.equip_rounds() returns integer
language sql security definer set search_path = pg_catalog as $$
  select count(ballots.take_key(c.organisation_id, c.id))::integer
    from registry.campaigns c
   where c.status = 'open' and c.source = 'invitations'
     and not exists (select 1 from registry.ballot_keys k
                      where k.public_key = c.ballot_key and k.destroyed_on is null)
$$;
create or replace function ballots.rotate_key(p_campaign_id uuid) returns bytea
language sql security definer set search_path = pg_catalog as $$
  select ballots.take_key(c.organisation_id, c.id) from registry.campaigns c
   where c.id = p_campaign_id and c.status = 'open'
$$;
-- Rows that are there are not asked: an upgrade must not end with a round that holds a key nobody made.
alter table registry.campaigns
  add constraint campaigns_ballot_key foreign key (ballot_key) references registry.ballot_keys (public_key) not valid;

-- As in 0054, and the keys that ballots wait under and nobody has made known.
create or replace function ballots.keys()
returns table (public_key bytea, organisation_id uuid, organisation_name text, campaign_id uuid, campaign_name text,
  status text, current boolean, made_on date, destroyed_on date, waiting bigint, sealed boolean, panel boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select k.public_key, k.organisation_id, o.name, coalesce(k.campaign_id, f.id), coalesce(c.name, f.name),
         coalesce(c.status, f.status), coalesce(c.ballot_key = k.public_key, k.panel_id is not null), k.made_on,
         k.destroyed_on,
         case when k.panel_id is null
              then (select count(*) from ballots.box b where b.public_key = k.public_key)
              else (select count(*) from ballots.box b
                      join registry.campaigns w on (w.organisation_id, w.id) = (b.organisation_id, b.campaign_id)
                     where w.organisation_id = k.organisation_id and w.panel_id = k.panel_id) end,
         case when k.panel_id is null
              then c.answers_deleted_on is not null
                   or exists (select 1 from answers.waves w
                               where (w.organisation_id, w.campaign_id) = (k.organisation_id, k.campaign_id))
              else p.ended_on is not null end,
         k.panel_id is not null
    from registry.ballot_keys k
    left join registry.organisations o on o.id = k.organisation_id
    left join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
    left join registry.panels p on (p.organisation_id, p.id) = (k.organisation_id, k.panel_id)
    left join registry.campaigns f on (f.organisation_id, f.panel_id, f.wave) = (k.organisation_id, k.panel_id, 1)
  union all
  select b.public_key, c.organisation_id, o.name, c.id, c.name, c.status,
         coalesce(c.ballot_key = b.public_key, false), null, null, count(*), false, false
    from ballots.box b
    join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
    join registry.organisations o on o.id = c.organisation_id
   where not exists (select from registry.ballot_keys k where k.public_key = b.public_key)
   group by b.public_key, c.organisation_id, c.id, o.name
$$;

-- As in 0035, and of each round that had ballots under it.
create or replace function ballots.give_up(p_public_key bytea) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_gone integer := 0;
  v record;
begin
  for v in
    with gone as (delete from ballots.box where public_key = p_public_key
                  returning organisation_id, campaign_id, receipt_hash),
    told as (insert into ballots.receipts (receipt_hash, campaign_id, state)
             select receipt_hash, campaign_id, 'lost' from gone order by gen_random_uuid())
    select c.organisation_id, c.id, c.status, count(*)::integer as n
      from gone join registry.campaigns c on (c.organisation_id, c.id) = (gone.organisation_id, gone.campaign_id)
     group by c.organisation_id, c.id, c.status
  loop
    insert into retention.log (organisation_id, campaign_id, step, counts)
    values (v.organisation_id, v.id, 'lost',
            case when v.status = 'closed' and v.n >= 5 then jsonb_build_object('n', v.n) else '{}'::jsonb end);
    v_gone := v_gone + v.n;
  end loop;
  return v_gone;
end $$;

-- ---------------------------------------------------------------- who may write what
-- What the console's statements write, column by column where a row holds more than that.
revoke insert, update on registry.campaigns, registry.campaign_estates, registry.estates, registry.staff,
  registry.panels, registry.open_links, delivery.contacts, delivery.plans, delivery.printouts, delivery.texts
  from bostemme_registry;
grant insert (organisation_id, name, series, questionnaire_version_id, languages, opens_on, closes_on, closed_on,
              results_on, status, source, declared_grade, declared, archive_years, contact_days, panel_id, wave),
      update (name, languages, opens_on, closes_on, results_on, status, declared_grade, declared, archive_years,
              contact_days, links_handed_out)
  on registry.campaigns to bostemme_registry;
grant insert (organisation_id, campaign_id, estate_id, invited, dwellings), update (invited, dwellings)
  on registry.campaign_estates to bostemme_registry;
grant insert (organisation_id, area_id, name, dwellings), update (area_id, name, dwellings, archived)
  on registry.estates to bostemme_registry;
grant insert (organisation_id, email, name, role, password_hash), update (password_hash, active)
  on registry.staff to bostemme_registry;
grant insert (organisation_id, waves) on registry.panels to bostemme_registry;
grant insert (organisation_id, campaign_id, estate_id, source, slug), update (active)
  on registry.open_links to bostemme_registry;
grant insert (organisation_id, campaign_id, invitation_id, channel, sealed, known_by, mailboxes),
      update (channel, sealed, known_by, mailboxes, queued)
  on delivery.contacts to bostemme_registry;
grant insert (organisation_id, campaign_id, first_on, reminders, every_days), update (first_on, reminders, every_days)
  on delivery.plans to bostemme_registry;
grant insert (organisation_id, campaign_id, letters), update (done, fault) on delivery.printouts to bostemme_registry;
grant insert (organisation_id, campaign_id, kind, language, subject, body), update (subject, body)
  on delivery.texts to bostemme_registry;
revoke update on registry.areas from bostemme_registry;
revoke update (sealed) on delivery.links from bostemme_registry;
revoke update (waves) on registry.panels from bostemme_registry;
revoke delete on registry.open_links from bostemme_registry;
revoke update on peers.figures from bostemme_answers;
grant update (wave_hash, shared) on peers.figures to bostemme_answers;
revoke insert on answers.responses from bostemme_answers;
grant insert (organisation_id, campaign_id, questionnaire_version_id, estate_id, language, mode, answers, codes)
  on answers.responses to bostemme_answers;

-- Answers are taken in with a round that never had a box, by nobody else than the mixer into another.
create function answers.own_taken_in() returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select c.id from registry.campaigns c
   where c.status = 'closed' and c.ballot_key is null
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;
create policy taken_in_whole on answers.responses as restrictive for insert to bostemme_answers
  with check (campaign_id in (select answers.own_taken_in()));

revoke all on function ballots.note_closed, ballots.take_key, answers.own_taken_in from public;
grant execute on function ballots.note_closed to bostemme_mixer;
grant execute on function answers.own_taken_in to bostemme_answers;

-- migrate:down
-- Forward only.
