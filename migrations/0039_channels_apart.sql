-- migrate:up

set local lock_timeout = '10s';

-- ---------------------------------------------------------------- a mailing is of one channel
-- A gateway that is away for days held up the round's e-mail as well: the next reminder began when the last message of
-- every channel had gone out. Each channel has its own mailings now, and its own batches. Which channel a home has is
-- known to the office that gave it.
alter table delivery.mailings add column channel text check (channel in ('email', 'sms'));
-- squawk-ignore ban-drop-constraint
alter table delivery.mailings drop constraint mailings_pkey;
insert into delivery.mailings (organisation_id, campaign_id, number, started_on, done, done_on, channel)
select m.organisation_id, m.campaign_id, m.number, m.started_on, m.done, m.done_on, c.channel
  from delivery.mailings m
  cross join (values ('email'), ('sms')) as c (channel)
 where exists (select from delivery.contacts k
                where (k.organisation_id, k.campaign_id, k.channel) = (m.organisation_id, m.campaign_id, c.channel));
delete from delivery.mailings where channel is null;
-- squawk-ignore adding-not-nullable-field
alter table delivery.mailings alter column channel set not null;
-- squawk-ignore adding-serial-primary-key-field, constraint-missing-not-valid
alter table delivery.mailings add primary key (organisation_id, campaign_id, number, channel);

-- The first message has gone out when nothing of it waits: all of the round get it, whoever has answered. A reminder has
-- when all of it has been drawn, since what waits to be tried again are homes that have not answered: when the next one
-- begins would tell of them.
create function delivery.note_done() returns void
language sql security definer set search_path = pg_catalog as $$
  update delivery.mailings m set done = true
   where not m.done
     and not exists (select from delivery.queue q
                       join delivery.contacts k
                         on (k.organisation_id, k.invitation_id) = (q.organisation_id, q.invitation_id)
                      where (q.organisation_id, q.campaign_id, q.number)
                            = (m.organisation_id, m.campaign_id, m.number)
                        and k.channel = m.channel and (q.batch is null or m.number = 0))
$$;

create or replace function delivery.start_due(p_with_reminders boolean) returns integer
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
  -- What is left of batches that were taken away so.
  delete from delivery.under_way u where not exists (select from delivery.queue q where q.batch = u.batch);
  perform delivery.note_done();
  for v in
    select p.organisation_id, p.campaign_id, h.channel, coalesce(m.number + 1, 0) as number
      from delivery.plans p
      join registry.campaigns c on (c.organisation_id, c.id) = (p.organisation_id, p.campaign_id)
      cross join (values ('email'), ('sms')) as h (channel)
      left join lateral (select number, coalesce(done_on, started_on) as sent_on, done from delivery.mailings
                          where (organisation_id, campaign_id, channel)
                                = (p.organisation_id, p.campaign_id, h.channel)
                          order by number desc limit 1) m on true
     where c.status = 'open' and current_date between greatest(c.opens_on, p.first_on) and c.closes_on
       and (m.number is null
            or (p_with_reminders and m.done and m.number < p.reminders and current_date >= m.sent_on + p.every_days))
       and exists (select from delivery.contacts k
                    where (k.organisation_id, k.campaign_id, k.channel)
                          = (p.organisation_id, p.campaign_id, h.channel))
  loop
    insert into delivery.mailings (organisation_id, campaign_id, number, channel)
    values (v.organisation_id, v.campaign_id, v.number, v.channel);
    if v.number > 0 then
      insert into delivery.queue (organisation_id, campaign_id, invitation_id, number)
      select organisation_id, campaign_id, invitation_id, v.number from delivery.contacts
       where (organisation_id, campaign_id, channel) = (v.organisation_id, v.campaign_id, v.channel)
       order by gen_random_uuid()
      on conflict do nothing;
    end if;
    v_begun := v_begun + 1;
  end loop;
  -- The first message: also to those whose contact came later, or whose link was replaced.
  for v in
    select distinct k.organisation_id, k.campaign_id, k.channel
      from delivery.contacts k
      join delivery.mailings m on (m.organisation_id, m.campaign_id, m.number, m.channel)
                                  = (k.organisation_id, k.campaign_id, 0, k.channel)
      join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
     where not k.queued and c.status = 'open' and current_date <= c.closes_on
  loop
    -- From here on an upload waits for us and is then refused; what one has changed meanwhile we wait for.
    insert into delivery.written_to (organisation_id, campaign_id, estate_id)
    select distinct i.organisation_id, i.campaign_id, i.estate_id
      from delivery.contacts k
      join registry.invitations i on (i.organisation_id, i.id) = (k.organisation_id, k.invitation_id)
     where (k.organisation_id, k.campaign_id, k.channel) = (v.organisation_id, v.campaign_id, v.channel)
    on conflict do nothing;
    insert into delivery.queue (organisation_id, campaign_id, invitation_id, number)
    select organisation_id, campaign_id, invitation_id, 0 from delivery.contacts
     where (organisation_id, campaign_id, channel) = (v.organisation_id, v.campaign_id, v.channel) and not queued
     order by gen_random_uuid()
    on conflict do nothing;
    update delivery.contacts set queued = true
     where (organisation_id, campaign_id, channel) = (v.organisation_id, v.campaign_id, v.channel) and not queued;
    update delivery.mailings set done = false
     where (organisation_id, campaign_id, number, channel) = (v.organisation_id, v.campaign_id, 0, v.channel);
  end loop;
  perform delivery.note_done();
  return v_begun;
end $$;

-- squawk-ignore ban-drop-function
drop function delivery.next_batch(uuid[], integer);
-- As before, of one channel: one of `p_channels`. One that was drawn before comes whatever its channel.
create function delivery.next_batch(p_open uuid[], p_most integer, p_channels text[]) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_batch uuid;
  v record;
begin
  select batch into v_batch from delivery.queue where batch is not null and batch <> all(p_open) limit 1;
  if found then
    return v_batch;
  end if;
  select q.campaign_id, q.number, k.channel into v
    from delivery.queue q
    join delivery.contacts k on (k.organisation_id, k.invitation_id) = (q.organisation_id, q.invitation_id)
   where q.batch is null and k.channel = any(p_channels)
   order by gen_random_uuid() limit 1;
  if not found then
    return null;
  end if;
  v_batch := gen_random_uuid();
  update delivery.queue set batch = v_batch
   where id in (select q.id from delivery.queue q
                  join delivery.contacts k
                    on (k.organisation_id, k.invitation_id) = (q.organisation_id, q.invitation_id)
                 where q.campaign_id = v.campaign_id and q.number = v.number and q.batch is null
                   and k.channel = v.channel
                 order by gen_random_uuid() limit p_most);
  return v_batch;
end $$;

-- ---------------------------------------------------------------- what waits, of a batch that is under way
-- Of first messages alone, which go to all whether they have answered or not. Per batch and channel, never per home.
create table delivery.under_way (
  organisation_id uuid not null,
  batch uuid not null,
  campaign_id uuid not null,
  email_sent integer not null,
  email_failed integer not null,
  email_waiting integer not null,
  sms_sent integer not null,
  sms_failed integer not null,
  sms_waiting integer not null,
  primary key (organisation_id, batch),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);
alter table delivery.under_way enable row level security;
create policy own_organisation on delivery.under_way
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);

-- Of a batch, by channel, how many are asked: all in it but those the office knows to be left out. Who said no is
-- counted with those it went to.
create function delivery.asked_in(p_batch uuid) returns table (email integer, sms integer)
language sql stable security definer set search_path = pg_catalog as $$
  select (count(*) filter (where k.channel = 'email'))::integer, (count(*) filter (where k.channel = 'sms'))::integer
    from delivery.queue q
    join delivery.contacts k on (k.organisation_id, k.invitation_id) = (q.organisation_id, q.invitation_id)
   where q.batch = p_batch and q.number = 0
     and not exists (select from registry.left_out(q.campaign_id) as l (id) where l.id = q.invitation_id)
$$;

-- `p_sms_after_email`: of the SMS tried or waiting, those to contacts whose e-mail had failed. Nothing is noted of
-- reminders.
create function delivery.note_under_way(
  p_batch uuid, p_email_failed integer, p_sms_failed integer, p_sms_after_email integer, p_email_waiting integer,
  p_sms_waiting integer)
returns void language sql security definer set search_path = pg_catalog as $$
  insert into delivery.under_way
  select distinct q.organisation_id, p_batch, q.campaign_id,
         greatest(0, a.email - p_email_failed - p_email_waiting), p_email_failed, p_email_waiting,
         greatest(0, a.sms + p_sms_after_email - p_sms_failed - p_sms_waiting), p_sms_failed, p_sms_waiting
    from delivery.queue q cross join delivery.asked_in(p_batch) a
   where q.batch = p_batch and q.number = 0
  on conflict (organisation_id, batch) do update
    set (email_sent, email_failed, email_waiting, sms_sent, sms_failed, sms_waiting)
        = (excluded.email_sent, excluded.email_failed, excluded.email_waiting, excluded.sms_sent, excluded.sms_failed,
           excluded.sms_waiting)
$$;

create or replace function delivery.finish_batch(
  p_batch uuid, p_email_sent integer, p_email_failed integer, p_sms_sent integer, p_sms_failed integer,
  p_sms_after_email integer)
returns void language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_asked record;
begin
  select organisation_id, campaign_id, number into v from delivery.queue where batch = p_batch limit 1;
  if not found then
    return;
  end if;
  select * into v_asked from delivery.asked_in(p_batch);
  insert into delivery.counts as n (organisation_id, campaign_id, number, channel, sent, failed)
  select v.organisation_id, v.campaign_id, v.number, a.channel, a.sent, a.failed
    from (values ('email', greatest(p_email_sent, v_asked.email - p_email_failed), p_email_failed),
                 ('sms', greatest(p_sms_sent, v_asked.sms + p_sms_after_email - p_sms_failed), p_sms_failed))
           as a (channel, sent, failed)
   where a.sent > 0 or a.failed > 0
  on conflict (organisation_id, campaign_id, number, channel)
  do update set sent = n.sent + excluded.sent, failed = n.failed + excluded.failed;
  delete from delivery.under_way where (organisation_id, batch) = (v.organisation_id, p_batch);
  delete from delivery.queue where batch = p_batch;
  perform delivery.note_done();
end $$;

-- As before; of a batch under way what has been sent of it counts as sent, and only the rest as waiting.
create or replace function delivery.shown_counts(p_campaign_id uuid)
returns table (number integer, channel text, sent integer, failed integer, bounced integer, waiting integer)
language sql stable security definer set search_path = pg_catalog as $$
  with mine as (
    select c.channel, c.sent, c.failed, c.bounced, 0 as waiting from delivery.counts c
     where c.campaign_id = p_campaign_id and c.number = 0
       and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
    union all
    select a.channel, a.sent, a.failed, 0, a.waiting
      from delivery.under_way u
      cross join lateral (values ('email', u.email_sent, u.email_failed, u.email_waiting),
                                 ('sms', u.sms_sent, u.sms_failed, u.sms_waiting))
                           as a (channel, sent, failed, waiting)
     where u.campaign_id = p_campaign_id and a.sent + a.failed + a.waiting > 0
       and u.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
    union all
    select k.channel, 0, 0, 0, count(*)::integer
      from delivery.queue q
      join delivery.contacts k on (k.organisation_id, k.invitation_id) = (q.organisation_id, q.invitation_id)
     where q.campaign_id = p_campaign_id and q.number = 0
       and q.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
       and not exists (select from delivery.under_way u where (u.organisation_id, u.batch) = (q.organisation_id, q.batch))
     group by k.channel),
  summed as (
    select m.channel, sum(m.sent)::integer as sent, sum(m.failed)::integer as failed,
           sum(m.bounced)::integer as bounced, sum(m.waiting)::integer as waiting
      from mine m group by m.channel)
  select 0, s.channel,
         case when s.sent >= 5 then s.sent - s.sent % 5 when s.sent = 0 then 0 end,
         case when s.failed >= 5 then s.failed - s.failed % 5 when s.failed = 0 then 0 end,
         case when s.bounced >= 5 then s.bounced - s.bounced % 5 when s.bounced = 0 then 0 end,
         case when s.waiting >= 5 then s.waiting - s.waiting % 5 when s.waiting = 0 then 0 end
    from summed s
   order by s.channel
$$;

-- Mail comes back before its batch is over, too.
create or replace function delivery.note_bounced(p_campaign_id uuid, p_number integer, p_channel text) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into delivery.counts as n (organisation_id, campaign_id, number, channel, bounced)
  select m.organisation_id, m.campaign_id, m.number, m.channel, 1 from delivery.mailings m
   where (m.campaign_id, m.number, m.channel) = (p_campaign_id, p_number, p_channel)
  on conflict (organisation_id, campaign_id, number, channel) do update set bounced = n.bounced + 1;
  return found;
end $$;

revoke all on function delivery.note_done, delivery.next_batch, delivery.asked_in, delivery.note_under_way from public;
grant execute on function delivery.next_batch, delivery.note_under_way to bostemme_sender;

-- migrate:down
-- Forward only: what has been sent is sent.
