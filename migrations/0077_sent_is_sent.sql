-- What waits to be sent is dropped when its round is closed and not before; new links write to those who have not answered,
-- at the plan's distance; and reminders that were sent are not sent again after a restore.
-- migrate:up

set local lock_timeout = '10s';

-- `again`: the contact has had a first message, and its link was replaced since. `sent_again`: how often that was sent.
alter table delivery.contacts add column again boolean not null default false;
alter table delivery.queue add column again boolean not null default false;
alter table delivery.mailings add column sent_again integer not null default 0;

-- Links were replaced. Whoever waits for the first message gets the new link with it.
create function delivery.send_again(p_campaign_id uuid) returns void
language sql security definer set search_path = pg_catalog as $$
  update delivery.contacts k set queued = false, again = true
   where k.campaign_id = p_campaign_id and k.queued
     and k.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
     and not exists (select from delivery.queue q
                      where (q.organisation_id, q.invitation_id, q.number) = (k.organisation_id, k.invitation_id, 0)
                        and q.batch is null)
$$;

-- Whether the last message of a channel had all gone out so many days ago as the plan says.
create function delivery.rested(p_organisation_id uuid, p_campaign_id uuid, p_channel text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(bool_and(m.done and current_date >= coalesce(m.done_on, m.started_on)
           + coalesce((select p.every_days from delivery.plans p
                        where (p.organisation_id, p.campaign_id) = (p_organisation_id, p_campaign_id)), 7)), true)
    from delivery.mailings m
   where (m.organisation_id, m.campaign_id, m.channel) = (p_organisation_id, p_campaign_id, p_channel)
$$;

-- As in 0039. A clock a day ahead on a round's last day dropped, for good, what had not gone out: now it waits.
create or replace function delivery.start_due(p_with_reminders boolean) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_begun integer := 0;
begin
  delete from delivery.queue q using registry.campaigns c
   where (c.organisation_id, c.id) = (q.organisation_id, q.campaign_id)
     and (c.status = 'closed'
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
  -- The first message: also to those whose contact came later. Whose link was replaced (`again`) gets the new one like a
  -- reminder: unless he has answered, so many days after the last message of the channel, and three times at most.
  for v in
    select distinct k.organisation_id, k.campaign_id, k.channel, k.again
      from delivery.contacts k
      join delivery.mailings m on (m.organisation_id, m.campaign_id, m.number, m.channel)
                                  = (k.organisation_id, k.campaign_id, 0, k.channel)
      join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
     where not k.queued and c.status = 'open' and current_date between c.opens_on and c.closes_on
       and (not k.again or (m.sent_again < 3 and delivery.rested(k.organisation_id, k.campaign_id, k.channel)))
     order by k.again
  loop
    -- From here on an upload waits for us and is then refused; what one has changed meanwhile we wait for.
    insert into delivery.written_to (organisation_id, campaign_id, estate_id)
    select distinct i.organisation_id, i.campaign_id, i.estate_id
      from delivery.contacts k
      join registry.invitations i on (i.organisation_id, i.id) = (k.organisation_id, k.invitation_id)
     where (k.organisation_id, k.campaign_id, k.channel) = (v.organisation_id, v.campaign_id, v.channel)
    on conflict do nothing;
    insert into delivery.queue (organisation_id, campaign_id, invitation_id, number, again)
    select organisation_id, campaign_id, invitation_id, 0, again from delivery.contacts
     where (organisation_id, campaign_id, channel, again) = (v.organisation_id, v.campaign_id, v.channel, v.again)
       and not queued
     order by gen_random_uuid()
    on conflict do nothing;
    update delivery.contacts set queued = true, again = false
     where (organisation_id, campaign_id, channel, again) = (v.organisation_id, v.campaign_id, v.channel, v.again)
       and not queued;
    update delivery.mailings set done = false, sent_again = sent_again + v.again::integer
     where (organisation_id, campaign_id, number, channel) = (v.organisation_id, v.campaign_id, 0, v.channel);
  end loop;
  perform delivery.note_done();
  return v_begun;
end $$;

create or replace function delivery.next_batch(p_open uuid[], p_most integer, p_channels text[]) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_batch uuid;
  v record;
begin
  select q.batch into v_batch from delivery.queue q
    join registry.campaigns c on (c.organisation_id, c.id) = (q.organisation_id, q.campaign_id)
   where q.batch is not null and q.batch <> all(p_open) and current_date between c.opens_on and c.closes_on limit 1;
  if found then
    return v_batch;
  end if;
  select q.campaign_id, q.number, k.channel into v
    from delivery.queue q
    join delivery.contacts k on (k.organisation_id, k.invitation_id) = (q.organisation_id, q.invitation_id)
    join registry.campaigns c on (c.organisation_id, c.id) = (q.organisation_id, q.campaign_id)
   where q.batch is null and k.channel = any(p_channels) and current_date between c.opens_on and c.closes_on
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

-- False while the clock says that an open round is not, or no longer, to be answered: its batches wait.
create function delivery.may_be_sent(p_batch uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select not exists (select from delivery.queue q
                       join registry.campaigns c on (c.organisation_id, c.id) = (q.organisation_id, q.campaign_id)
                      where q.batch = p_batch and c.status = 'open'
                        and current_date not between c.opens_on and c.closes_on)
$$;

-- As in 0056; a new link is not sent to who has answered.
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
   where q.batch = p_batch and (not r.used or (q.number = 0 and not q.again)) and not r.declined and not r.not_again
     and c.status = 'open' and current_date between c.opens_on and c.closes_on
     and not exists (select from quiet where quiet.id = i.id)
   order by gen_random_uuid()
$$;

-- Reminders that the sender has noted beside its keys, and that a restored database has forgotten, count as sent. Back come
-- those of all rounds that are not closed, to be noted.
create function delivery.begun(p_campaigns uuid[], p_numbers integer[], p_channels text[], p_days date[])
returns table (campaign_id uuid, number integer, channel text, day date)
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into delivery.mailings (organisation_id, campaign_id, number, channel, started_on, done)
  select c.organisation_id, c.id, n.number, n.channel, least(n.day, current_date), n.number > 0
    from (select * from unnest(p_campaigns, p_numbers, p_channels, p_days) as a (campaign_id, number, channel, day)
          union all
          select distinct on (b.campaign_id, b.channel) b.campaign_id, 0, b.channel, b.day
            from unnest(p_campaigns, p_channels, p_days) as b (campaign_id, channel, day)) n
    join registry.campaigns c on c.id = n.campaign_id and c.status = 'open'
   where n.channel in ('email', 'sms') and n.number between 0 and 20
  on conflict do nothing;
  return query
    select n.campaign_id, n.number, n.channel, n.day
      from unnest(p_campaigns, p_numbers, p_channels, p_days) as n (campaign_id, number, channel, day)
      join registry.campaigns c on c.id = n.campaign_id and c.status = 'draft'
    union
    select m.campaign_id, m.number, m.channel, m.started_on
      from delivery.mailings m
      join registry.campaigns c on (c.organisation_id, c.id) = (m.organisation_id, m.campaign_id)
     where c.status <> 'closed' and m.number > 0;
end $$;

revoke update (queued) on delivery.contacts from bostemme_registry;
revoke all on function delivery.send_again, delivery.rested, delivery.may_be_sent, delivery.begun from public;
grant execute on function delivery.send_again to bostemme_registry;
grant execute on function delivery.may_be_sent, delivery.begun to bostemme_sender;

-- migrate:down
-- Forward only: sent is sent.
