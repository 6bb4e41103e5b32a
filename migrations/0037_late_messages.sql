-- migrate:up

set local lock_timeout = '10s';

-- A reminder keeps its distance from the message before it, also for those who got that late: the days are counted from
-- the day when the last of it had gone out, not from that when it began.
alter table delivery.mailings add column done_on date;

create function delivery.note_done_on() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  new.done_on := case when new.done then current_date end;
  return new;
end $$;
create trigger note_done_on before update of done on delivery.mailings
  for each row when (new.done is distinct from old.done) execute function delivery.note_done_on();

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
  for v in
    select p.organisation_id, p.campaign_id, coalesce(m.number + 1, 0) as number
      from delivery.plans p
      join registry.campaigns c on (c.organisation_id, c.id) = (p.organisation_id, p.campaign_id)
      left join lateral (select number, coalesce(done_on, started_on) as sent_on, done from delivery.mailings
                          where (organisation_id, campaign_id) = (p.organisation_id, p.campaign_id)
                          order by number desc limit 1) m on true
     where c.status = 'open' and current_date between greatest(c.opens_on, p.first_on) and c.closes_on
       and (m.number is null
            or (p_with_reminders and m.done and m.number < p.reminders and current_date >= m.sent_on + p.every_days))
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
    -- From here on an upload waits for us and is then refused; what one has changed meanwhile we wait for.
    insert into delivery.written_to (organisation_id, campaign_id, estate_id)
    select distinct i.organisation_id, i.campaign_id, i.estate_id
      from delivery.contacts k
      join registry.invitations i on (i.organisation_id, i.id) = (k.organisation_id, k.invitation_id)
     where (k.organisation_id, k.campaign_id) = (v.organisation_id, v.campaign_id)
    on conflict do nothing;
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

-- As before, and how many of the first message still wait: they are in the queue, which all of the round are in, whoever
-- has answered; as the other numbers never below five and in steps of five.
-- squawk-ignore ban-drop-function
drop function delivery.shown_counts(uuid);
create function delivery.shown_counts(p_campaign_id uuid)
returns table (number integer, channel text, sent integer, failed integer, bounced integer, waiting integer)
language sql stable security definer set search_path = pg_catalog as $$
  with mine as (
    select c.channel, c.sent, c.failed, c.bounced, 0 as waiting from delivery.counts c
     where c.campaign_id = p_campaign_id and c.number = 0
       and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
    union all
    select k.channel, 0, 0, 0, count(*)::integer
      from delivery.queue q
      join delivery.contacts k on (k.organisation_id, k.invitation_id) = (q.organisation_id, q.invitation_id)
     where q.campaign_id = p_campaign_id and q.number = 0
       and q.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
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

revoke all on function delivery.note_done_on, delivery.shown_counts from public;
grant execute on function delivery.shown_counts to bostemme_registry;

-- migrate:down
-- Forward only: what has been sent is sent.
