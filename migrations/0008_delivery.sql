-- migrate:up

-- How invitations reach people: contacts and links, sealed for the sender's process; what is to be sent; open links.
-- The database alone knows no address and no link. It never says when, or whether, somebody was reminded: every
-- mailing puts *all* contacts of a round in the queue, those who have answered too; the sender is handed only those
-- who have not, and a batch leaves the queue as a whole.
do $$
begin
  begin
    create role bostemme_sender nologin;
  exception when duplicate_object or unique_violation then null;
  end;
  grant bostemme_sender to current_user;
end $$;

create schema delivery;

-- Public halves of the rounds' contact keys. The sender keeps a stock; a round takes one with its first links.
create table delivery.contact_keys (
  public_key bytea primary key check (octet_length(public_key) = 32),
  organisation_id uuid,
  campaign_id uuid,
  made_on date not null default current_date,
  destroyed_on date,
  unique (organisation_id, campaign_id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);

-- The code of each invitation, sealed.
create table delivery.links (
  organisation_id uuid not null,
  invitation_id uuid not null,
  campaign_id uuid not null,
  sealed bytea not null check (octet_length(sealed) < 1000),
  primary key (organisation_id, invitation_id),
  foreign key (organisation_id, invitation_id) references registry.invitations (organisation_id, id) on delete cascade
);
create index links_by_campaign on delivery.links (organisation_id, campaign_id);

-- Address, number and language, sealed. `queued`: was in the queue of the first mailing, as all who had a contact.
create table delivery.contacts (
  organisation_id uuid not null,
  invitation_id uuid not null,
  campaign_id uuid not null,
  channel text not null check (channel in ('email', 'sms')),
  sealed bytea not null check (octet_length(sealed) < 2000),
  queued boolean not null default false,
  primary key (organisation_id, invitation_id),
  foreign key (organisation_id, invitation_id) references registry.invitations (organisation_id, id) on delete cascade
);
create index contacts_by_campaign on delivery.contacts (organisation_id, campaign_id);

create table delivery.plans (
  organisation_id uuid not null,
  campaign_id uuid not null,
  first_on date not null,
  reminders integer not null default 2 check (reminders between 0 and 5),
  every_days integer not null default 7 check (every_days between 2 and 60),
  primary key (organisation_id, campaign_id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);

-- What has begun: 0 is the invitation, 1 and on the reminders. For all of a round, never for one.
create table delivery.mailings (
  organisation_id uuid not null,
  campaign_id uuid not null,
  number integer not null check (number between 0 and 5),
  started_on date not null default current_date,
  done boolean not null default false,
  primary key (organisation_id, campaign_id, number),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);

create table delivery.queue (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  campaign_id uuid not null,
  invitation_id uuid not null,
  number integer not null,
  batch uuid,
  unique (organisation_id, invitation_id, number),
  foreign key (organisation_id, invitation_id)
    references delivery.contacts (organisation_id, invitation_id) on delete cascade
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50);
create index queue_by_batch on delivery.queue (batch);
create index queue_by_campaign on delivery.queue (campaign_id, number);

-- Per channel of a mailing, never per invitation, estate or address.
create table delivery.counts (
  organisation_id uuid not null,
  campaign_id uuid not null,
  number integer not null,
  channel text not null check (channel in ('email', 'sms')),
  sent integer not null default 0,
  failed integer not null default 0,
  bounced integer not null default 0,
  primary key (organisation_id, campaign_id, number, channel),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);

-- Texts the office has written itself; where there is none the catalogue's is used.
create table delivery.texts (
  organisation_id uuid not null,
  campaign_id uuid not null,
  kind text not null check (kind in ('letter', 'email', 'email_reminder', 'sms', 'sms_reminder')),
  language text not null,
  subject text not null default '' check (length(subject) <= 200),
  body text not null check (length(body) <= 4000),
  primary key (organisation_id, campaign_id, kind, language),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);

-- Letters on their way to the printer, encrypted with a key that only the officer's browser holds.
create table delivery.printouts (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  letters integer not null,
  done integer not null default 0,
  fault text not null default '' check (fault in ('', 'long', 'printer')),
  made_at timestamptz not null default now(),
  locked bytea,
  primary key (organisation_id, id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);

-- ---------------------------------------------------------------- open links
-- For places without a register, and for libraries, cafés and partners: anybody who follows one gets a right of
-- their own. A stratum apart: `source` goes with the ballot and becomes the answer's mode, 'open:library'.
create table registry.open_links (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  estate_id uuid not null,
  source text not null check (source in ('estate', 'library', 'cafe', 'partner')),
  slug text not null unique check (slug ~ '^[0-9a-z]{10}$'),
  active boolean not null default true,
  primary key (organisation_id, id),
  unique (organisation_id, campaign_id, estate_id, source),
  foreign key (organisation_id, campaign_id, estate_id)
    references registry.campaign_estates (organisation_id, campaign_id, estate_id) on delete cascade
);
alter table registry.invitations add column source text
  check (source in ('estate', 'library', 'cafe', 'partner'));
alter table ballots.box add column source text;
-- squawk-ignore ban-drop-constraint
alter table answers.responses drop constraint responses_mode_check;
alter table answers.responses add constraint responses_mode_check
  check (mode in ('web', 'paper', 'interview', 'helper', 'proxy', 'import')
         or mode in ('open:estate', 'open:library', 'open:cafe', 'open:partner')) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table answers.responses validate constraint responses_mode_check;

-- What an open link leads to: the round and where it hangs. Nothing when there is no such link.
create function ballots.open_link(p_slug text)
returns table (organisation_name text, fictitious boolean, campaign_name text, estate_name text, status text,
  opens_on date, closes_on date, results_on date, today date, languages text[])
language sql stable security definer set search_path = pg_catalog as $$
  select o.name, o.fictitious, c.name, e.name, c.status, c.opens_on, c.closes_on, c.results_on, current_date, c.languages
    from registry.open_links l
    join registry.campaigns c on (c.organisation_id, c.id) = (l.organisation_id, l.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (l.organisation_id, l.estate_id)
    join registry.organisations o on o.id = l.organisation_id
   where l.slug = p_slug and l.active
$$;

-- A right to answer once, for the holder of a token made on the spot. False when the round takes no answers.
create function ballots.open_right(p_slug text, p_token_hash bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into registry.invitations (organisation_id, campaign_id, estate_id, dwelling, token_hash, source)
  select l.organisation_id, l.campaign_id, l.estate_id, 0, p_token_hash, l.source
    from registry.open_links l
    join registry.campaigns c on (c.organisation_id, c.id) = (l.organisation_id, l.campaign_id)
   where l.slug = p_slug and l.active and c.status = 'open' and current_date between c.opens_on and c.closes_on;
  return found;
end $$;

-- The ballot takes its stratum along, whatever the web says.
-- squawk-ignore ban-drop-function
drop function ballots.submit(bytea, bytea, bytea, bytea, bytea, bytea, bytea);
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
  returning i.organisation_id, i.campaign_id, i.estate_id, i.source into v;
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
  delete from ballots.receipts where receipt_hash = p_receipt_hash and state = 'withdrawn';
  insert into ballots.box (organisation_id, campaign_id, estate_id, public_key, receipt_hash, sealed, copy, source)
  values (v.organisation_id, v.campaign_id, v.estate_id, p_public_key, p_receipt_hash, p_sealed, p_copy, v.source);
  return 'accepted';
end $$;

-- squawk-ignore ban-drop-function
drop function ballots.draw(uuid, uuid[], integer);
create function ballots.draw(p_campaign_id uuid, p_estate_ids uuid[], p_most integer)
returns table (id uuid, public_key bytea, sealed bytea, source text)
language sql security definer set search_path = pg_catalog as $$
  select d.id, d.public_key, d.sealed, d.source
    from (select b.id, b.public_key, b.sealed, b.source from ballots.box b
           where b.campaign_id = p_campaign_id and b.estate_id = any(p_estate_ids) and not b.unreadable
             for update of b skip locked) d
   order by gen_random_uuid() limit p_most
$$;

-- Coverage is of those who were invited: answers by open links are counted apart.
create or replace function ballots.waiting_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, estate_id uuid, n bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select campaign_id, estate_id, count(*) from ballots.box
   where campaign_id = any(p_campaign_ids) and source is null
     and organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
   group by 1, 2
$$;

create function ballots.waiting_open_counts(p_campaign_id uuid)
returns table (estate_id uuid, source text, n bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select estate_id, source, count(*) from ballots.box
   where campaign_id = p_campaign_id and source is not null
     and organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
   group by 1, 2
$$;

-- ---------------------------------------------------------------- the office's side
-- The public half of the round's contact key; takes one from the stock the first time. Null when none is there.
create function delivery.take_contact_key(p_campaign_id uuid) returns bytea
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid := nullif(current_setting('bostemme.organisation_id', true), '')::uuid;
  v_key bytea;
begin
  select public_key into v_key from delivery.contact_keys
   where organisation_id = v_organisation and campaign_id = p_campaign_id and destroyed_on is null;
  if found then
    return v_key;
  end if;
  perform from registry.campaigns where organisation_id = v_organisation and id = p_campaign_id for update;
  if not found then
    return null;
  end if;
  update delivery.contact_keys set organisation_id = v_organisation, campaign_id = p_campaign_id
   where public_key = (select public_key from delivery.contact_keys
                        where campaign_id is null and destroyed_on is null
                        order by made_on desc, public_key limit 1 for update skip locked)
     and not exists (select 1 from delivery.contact_keys k
                      where k.organisation_id = v_organisation and k.campaign_id = p_campaign_id)
  returning public_key into v_key;
  return v_key;
end $$;

-- Per channel of a mailing, said so that nobody is seen: fewer than five is null, other numbers are rounded down to
-- a multiple of five. A reminder's number is that of those who had not answered.
create function delivery.shown_counts(p_campaign_id uuid)
returns table (number integer, channel text, sent integer, failed integer, bounced integer)
language sql stable security definer set search_path = pg_catalog as $$
  select number, channel,
         case when sent >= 5 then sent - sent % 5 when sent = 0 then 0 end,
         case when failed >= 5 then failed - failed % 5 when failed = 0 then 0 end,
         case when bounced >= 5 then bounced - bounced % 5 when bounced = 0 then 0 end
    from delivery.counts
   where campaign_id = p_campaign_id
     and organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
   order by number, channel
$$;

-- ---------------------------------------------------------------- the sender's side
create function delivery.keep_contact_key(p_public_key bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into delivery.contact_keys (public_key) values (p_public_key) on conflict do nothing
$$;

create function delivery.known_contact_keys()
returns table (public_key bytea, organisation_id uuid, campaign_id uuid, made_on date, destroyed_on date)
language sql stable security definer set search_path = pg_catalog as $$
  select public_key, organisation_id, campaign_id, made_on, destroyed_on from delivery.contact_keys
$$;

create function delivery.note_contact_key_destroyed(p_public_key bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  update delivery.contact_keys set destroyed_on = current_date
   where public_key = p_public_key and destroyed_on is null
$$;

-- Begins the mailings whose day has come, one of a round at a time, and ends those of rounds that are over.
-- How many were begun. Everybody with a contact is queued, in an order drawn by lot. Reminders only when the caller
-- says so: it waits a while, drawn by lot, into each day.
create function delivery.start_due(p_with_reminders boolean) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_begun integer := 0;
begin
  delete from delivery.queue q using registry.campaigns c
   where (c.organisation_id, c.id) = (q.organisation_id, q.campaign_id)
     and (c.status = 'closed' or current_date > c.closes_on
          or exists (select from delivery.contact_keys k
                      where (k.organisation_id, k.campaign_id) = (c.organisation_id, c.id)
                        and k.destroyed_on is not null));
  for v in
    select p.organisation_id, p.campaign_id, coalesce(m.number + 1, 0) as number
      from delivery.plans p
      join registry.campaigns c on (c.organisation_id, c.id) = (p.organisation_id, p.campaign_id)
      left join lateral (select number, started_on, done from delivery.mailings
                          where (organisation_id, campaign_id) = (p.organisation_id, p.campaign_id)
                          order by number desc limit 1) m on true
     where c.status = 'open' and current_date between greatest(c.opens_on, p.first_on) and c.closes_on
       and (m.number is null
            or (p_with_reminders and m.done and m.number < p.reminders and current_date >= m.started_on + p.every_days))
       and exists (select from delivery.contacts k
                    where (k.organisation_id, k.campaign_id) = (p.organisation_id, p.campaign_id))
  loop
    insert into delivery.mailings (organisation_id, campaign_id, number)
    values (v.organisation_id, v.campaign_id, v.number);
    if v.number > 0 then
      insert into delivery.queue (organisation_id, campaign_id, invitation_id, number)
      select organisation_id, campaign_id, invitation_id, v.number from delivery.contacts
       where (organisation_id, campaign_id) = (v.organisation_id, v.campaign_id)
       order by gen_random_uuid();
    end if;
    v_begun := v_begun + 1;
  end loop;
  -- The first message: also to those whose contact came later, or whose link was replaced.
  for v in
    select distinct k.organisation_id, k.campaign_id
      from delivery.contacts k
      join delivery.mailings m on (m.organisation_id, m.campaign_id, m.number) = (k.organisation_id, k.campaign_id, 0)
      join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
     where not k.queued and c.status = 'open' and current_date <= c.closes_on
  loop
    insert into delivery.queue (organisation_id, campaign_id, invitation_id, number)
    select organisation_id, campaign_id, invitation_id, 0 from delivery.contacts
     where (organisation_id, campaign_id) = (v.organisation_id, v.campaign_id) and not queued
     order by gen_random_uuid()
    on conflict do nothing;
    update delivery.contacts set queued = true
     where (organisation_id, campaign_id) = (v.organisation_id, v.campaign_id) and not queued;
    update delivery.mailings set done = false
     where (organisation_id, campaign_id, number) = (v.organisation_id, v.campaign_id, 0);
  end loop;
  update delivery.mailings m set done = true
   where not m.done and not exists (select from delivery.queue q
                                     where (q.organisation_id, q.campaign_id, q.number)
                                           = (m.organisation_id, m.campaign_id, m.number));
  return v_begun;
end $$;

-- A batch drawn by lot from one mailing; first one that was begun, not finished, and is not open with the caller (he
-- was killed). Null when nothing waits.
create function delivery.next_batch(p_open uuid[], p_most integer) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_batch uuid;
  v record;
begin
  select batch into v_batch from delivery.queue where batch is not null and batch <> all(p_open) limit 1;
  if found then
    return v_batch;
  end if;
  select campaign_id, number into v from delivery.queue where batch is null order by gen_random_uuid() limit 1;
  if not found then
    return null;
  end if;
  v_batch := gen_random_uuid();
  update delivery.queue set batch = v_batch
   where id in (select id from delivery.queue
                 where campaign_id = v.campaign_id and number = v.number and batch is null
                 order by gen_random_uuid() limit p_most);
  return v_batch;
end $$;

-- The round a batch is for, with what its messages say.
create function delivery.batch_round(p_batch uuid)
returns table (organisation_id uuid, campaign_id uuid, number integer, organisation_name text, fictitious boolean,
  campaign_name text, languages text[], closes_on date, results_on date, public_key bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select distinct c.organisation_id, c.id, q.number, o.name, o.fictitious, c.name, c.languages, c.closes_on,
         c.results_on, k.public_key
    from delivery.queue q
    join registry.campaigns c on (c.organisation_id, c.id) = (q.organisation_id, q.campaign_id)
    join registry.organisations o on o.id = c.organisation_id
    join delivery.contact_keys k on (k.organisation_id, k.campaign_id) = (c.organisation_id, c.id)
   where q.batch = p_batch
$$;

create function delivery.batch_texts(p_batch uuid)
returns table (kind text, language text, subject text, body text)
language sql stable security definer set search_path = pg_catalog as $$
  select t.kind, t.language, t.subject, t.body from delivery.texts t
   where (t.organisation_id, t.campaign_id) = (select organisation_id, campaign_id from delivery.queue
                                                where batch = p_batch limit 1)
$$;

-- The only door to `used` and `declined`: sealed contacts and links of those in a batch who have done neither.
create function delivery.due(p_batch uuid)
returns table (id uuid, estate_name text, contact bytea, link bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select q.id, e.name, k.sealed, l.sealed
    from delivery.queue q
    join registry.invitations i on (i.organisation_id, i.id) = (q.organisation_id, q.invitation_id)
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
    join delivery.links l on (l.organisation_id, l.invitation_id) = (i.organisation_id, i.id)
   where q.batch = p_batch and not i.used and not i.declined
     and c.status = 'open' and current_date between c.opens_on and c.closes_on
   order by gen_random_uuid()
$$;

-- The whole batch leaves the queue, whoever in it was written to.
create function delivery.finish_batch(
  p_batch uuid, p_email_sent integer, p_email_failed integer, p_sms_sent integer, p_sms_failed integer)
returns void language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  select organisation_id, campaign_id, number into v from delivery.queue where batch = p_batch limit 1;
  if not found then
    return;
  end if;
  insert into delivery.counts as n (organisation_id, campaign_id, number, channel, sent, failed)
  select v.organisation_id, v.campaign_id, v.number, a.channel, a.sent, a.failed
    from (values ('email', p_email_sent, p_email_failed), ('sms', p_sms_sent, p_sms_failed)) as a (channel, sent, failed)
   where a.sent > 0 or a.failed > 0
  on conflict (organisation_id, campaign_id, number, channel)
  do update set sent = n.sent + excluded.sent, failed = n.failed + excluded.failed;
  delete from delivery.queue where batch = p_batch;
  update delivery.mailings m set done = true
   where (m.organisation_id, m.campaign_id, m.number) = (v.organisation_id, v.campaign_id, v.number)
     and not exists (select from delivery.queue q where q.campaign_id = v.campaign_id and q.number = v.number);
end $$;

-- Came back after it was taken. Counted for the round and the channel, whoever it was for. False: no such round.
create function delivery.note_bounced(p_campaign_id uuid, p_number integer, p_channel text) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update delivery.counts set bounced = bounced + 1
   where campaign_id = p_campaign_id and number = p_number and channel = p_channel;
  return found;
end $$;

-- ---------------------------------------------------------------- who may do what
do $$
declare
  t text;
begin
  foreach t in array array['delivery.contact_keys', 'delivery.links', 'delivery.contacts', 'delivery.plans',
      'delivery.mailings', 'delivery.queue', 'delivery.counts', 'delivery.texts', 'delivery.printouts',
      'registry.open_links'] loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'create policy own_organisation on %s using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
revoke all on all functions in schema delivery, ballots from public;
grant usage on schema delivery to bostemme_registry;
-- The console puts contacts and links in and can never take one out again.
grant insert, select (organisation_id, invitation_id, campaign_id), update (sealed), delete
  on delivery.links to bostemme_registry;
grant insert, select (organisation_id, invitation_id, campaign_id, channel), update (sealed, channel, queued), delete
  on delivery.contacts to bostemme_registry;
grant select on delivery.contact_keys, delivery.mailings to bostemme_registry;
grant select, insert, update, delete on delivery.plans, delivery.texts, delivery.printouts to bostemme_registry;
grant select, insert, update, delete on registry.open_links to bostemme_registry;
grant select (source) on registry.invitations to bostemme_registry;
grant execute on function delivery.take_contact_key, delivery.shown_counts to bostemme_registry;
grant execute on function ballots.open_link, ballots.open_right, ballots.submit to bostemme_phone;
grant execute on function ballots.draw to bostemme_mixer;
grant execute on function ballots.waiting_open_counts to bostemme_answers;
grant usage on schema delivery to bostemme_sender;
grant execute on function delivery.keep_contact_key, delivery.known_contact_keys, delivery.note_contact_key_destroyed,
  delivery.start_due, delivery.next_batch, delivery.batch_round, delivery.batch_texts, delivery.due,
  delivery.finish_batch, delivery.note_bounced to bostemme_sender;

-- migrate:down
-- Forward only: the links of open rounds cannot be unsealed without the sender's keys.
