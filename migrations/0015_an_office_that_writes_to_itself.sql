-- migrate:up

set local lock_timeout = '10s';

-- Reminders go to those who have not answered. Whoever may change an address in a running round can let them come to
-- herself, and so learn who has not. So addresses are locked, estate by estate, before anything can be learned.

-- ---------------------------------------------------------------- what locks
-- Whether the office holds (or has printed) the round's links: then somebody may have answered. Not set when links
-- were only made to be sent.
alter table registry.campaigns add column links_handed_out boolean not null default false;
-- What was before cannot be known: taken as handed out.
update registry.campaigns c set links_handed_out = true
 where exists (select from registry.invitations i
                where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id) and i.source is null);

-- Estates of a round to which the first message has begun to go out. Written by the sender's functions alone.
create table delivery.written_to (
  organisation_id uuid not null,
  campaign_id uuid not null,
  estate_id uuid not null,
  primary key (organisation_id, campaign_id, estate_id),
  foreign key (organisation_id, campaign_id, estate_id)
    references registry.campaign_estates (organisation_id, campaign_id, estate_id) on delete cascade
);
insert into delivery.written_to (organisation_id, campaign_id, estate_id)
select distinct i.organisation_id, i.campaign_id, i.estate_id
  from registry.invitations i
  join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
 where k.queued;

create function registry.keep_handed_out() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if old.links_handed_out and not new.links_handed_out and (old.status <> 'draft' or new.status <> 'draft') then
    raise exception 'links that are handed out stay so' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger keep_handed_out before update of links_handed_out on registry.campaigns
  for each row execute function registry.keep_handed_out();

-- Neither of the first two says whether anybody has answered, and without one of them nobody can have: a lock that
-- sprang with the first answer would itself tell of it. The third is for links that came about in some other way.
create function delivery.is_locked(p_organisation_id uuid, p_campaign_id uuid, p_estate_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select from registry.campaigns c
                  where (c.organisation_id, c.id) = (p_organisation_id, p_campaign_id)
                    and c.status <> 'draft' and c.links_handed_out)
      or exists (select from delivery.written_to w
                  where (w.organisation_id, w.campaign_id, w.estate_id)
                        = (p_organisation_id, p_campaign_id, p_estate_id))
      or exists (select from registry.invitations i
                  where (i.organisation_id, i.campaign_id, i.estate_id)
                        = (p_organisation_id, p_campaign_id, p_estate_id)
                    and i.source is null and (i.used or i.declined or i.not_again))
$$;

-- The office's door to it: estates of its own rounds whose addresses can no longer be changed.
create function delivery.locked_estates(p_campaign_id uuid) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select ce.estate_id from registry.campaign_estates ce
   where ce.campaign_id = p_campaign_id
     and ce.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
     and delivery.is_locked(ce.organisation_id, ce.campaign_id, ce.estate_id)
$$;

-- ---------------------------------------------------------------- one mailbox for many homes
-- Keyed hashes of every address of a contact, another key for each round: how many homes share one can be counted
-- within the round and nowhere else. They die with the contact.
alter table delivery.contacts add column mailboxes bytea[] not null default '{}';

-- In how many homes of locked estates each of these addresses is in use already.
create function delivery.homes_of(p_campaign_id uuid, p_mailboxes bytea[])
returns table (mailbox bytea, homes bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select m.mailbox, count(distinct (i.estate_id, i.dwelling))
    from delivery.contacts k
    join registry.invitations i on (i.organisation_id, i.id) = (k.organisation_id, k.invitation_id)
    cross join lateral unnest(k.mailboxes) as m (mailbox)
   where k.campaign_id = p_campaign_id and m.mailbox = any(p_mailboxes)
     and k.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
     and delivery.is_locked(i.organisation_id, i.campaign_id, i.estate_id)
   group by m.mailbox
$$;

-- ---------------------------------------------------------------- the lock
-- It binds whoever writes the table, the owner's jobs as well. In a locked estate only `queued` may change; what a
-- closed round had may be deleted.
create function delivery.refuse_if_locked(p_invitations uuid[], p_deleted boolean) returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  perform from (select distinct i.organisation_id, i.campaign_id, i.estate_id
                  from registry.invitations i
                  join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
                 where i.id = any(p_invitations) and not (p_deleted and c.status = 'closed')) e
    where delivery.is_locked(e.organisation_id, e.campaign_id, e.estate_id);
  if found then
    raise exception 'the addresses of this estate are locked' using errcode = 'restrict_violation';
  end if;
end $$;

create function delivery.refuse_contacts() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if tg_op = 'INSERT' then
    perform from written w
      where not exists (select from registry.invitations i
                         where (i.organisation_id, i.id, i.campaign_id)
                               = (w.organisation_id, w.invitation_id, w.campaign_id));
    if found then
      raise exception 'no such invitation in this round' using errcode = 'foreign_key_violation';
    end if;
    perform delivery.refuse_if_locked((select array_agg(invitation_id) from written), false);
  elsif tg_op = 'DELETE' then
    perform delivery.refuse_if_locked((select array_agg(invitation_id) from gone), true);
  else
    perform from written w
      where not exists (select from gone g where (g.organisation_id, g.invitation_id, g.campaign_id)
                                                 = (w.organisation_id, w.invitation_id, w.campaign_id));
    if found then
      raise exception 'a contact stays with its invitation' using errcode = 'restrict_violation';
    end if;
    perform delivery.refuse_if_locked(
      (select array_agg(w.invitation_id)
         from written w join gone g on (g.organisation_id, g.invitation_id) = (w.organisation_id, w.invitation_id)
        where (w.channel, w.sealed, w.known_by, w.mailboxes)
              is distinct from (g.channel, g.sealed, g.known_by, g.mailboxes)), false);
  end if;
  return null;
end $$;
create trigger locked_for_new after insert on delivery.contacts
  referencing new table as written for each statement execute function delivery.refuse_contacts();
create trigger locked_for_changes after update on delivery.contacts
  referencing old table as gone new table as written for each statement execute function delivery.refuse_contacts();
create trigger locked_for_good after delete on delivery.contacts
  referencing old table as gone for each statement execute function delivery.refuse_contacts();

-- ---------------------------------------------------------------- whom the sender writes to
-- Invitations of a round whose homes, or whose addresses, have asked for peace in another round that is still open.
-- For the sender alone: the office learns it when that round is closed (registry.left_out), or it could see who said
-- so, and nearly when, by fetching lists of another round again and again.
create function delivery.asked_for_peace(p_campaign_id uuid) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select i.id
    from registry.invitations i
    left join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
   where i.campaign_id = p_campaign_id and i.source is null
     and exists (
       select from registry.invitations o
         join registry.campaigns c on (c.organisation_id, c.id) = (o.organisation_id, o.campaign_id)
         left join delivery.contacts ok on (ok.organisation_id, ok.invitation_id) = (o.organisation_id, o.id)
        where o.organisation_id = i.organisation_id and o.campaign_id <> i.campaign_id and c.status = 'open'
          and o.not_again and o.source is null
          and (ok.known_by = k.known_by
               or ((o.estate_id, o.dwelling) = (i.estate_id, i.dwelling)
                   and not exists (select from registry.invitations p
                                    where (p.organisation_id, p.campaign_id, p.estate_id, p.dwelling)
                                          = (o.organisation_id, o.campaign_id, o.estate_id, o.dwelling)
                                      and p.source is null and not p.not_again))))
$$;

-- The first message goes to everybody, answered or not: who gets it tells nothing. Reminders go to those who have not
-- answered. Nobody who said no is written to.
create or replace function delivery.due(p_batch uuid)
returns table (id uuid, estate_name text, contact bytea, link bytea)
language sql stable security definer set search_path = pg_catalog as $$
  with round as materialized (
    select q.campaign_id from delivery.queue q where q.batch = p_batch limit 1),
  quiet as materialized (
    select registry.left_out((select campaign_id from round)) as id
    union
    select delivery.asked_for_peace((select campaign_id from round)))
  select q.id, e.name, k.sealed, l.sealed
    from delivery.queue q
    join registry.invitations i on (i.organisation_id, i.id) = (q.organisation_id, q.invitation_id)
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
    join delivery.links l on (l.organisation_id, l.invitation_id) = (i.organisation_id, i.id)
   where q.batch = p_batch and (q.number = 0 or not i.used) and not i.declined and not i.not_again
     and c.status = 'open' and current_date between c.opens_on and c.closes_on
     and not exists (select from quiet where quiet.id = i.id)
   order by gen_random_uuid()
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

-- ---------------------------------------------------------------- who may do what
alter table delivery.written_to enable row level security;
revoke all on function registry.keep_handed_out, delivery.is_locked, delivery.locked_estates,
  delivery.refuse_if_locked, delivery.refuse_contacts, delivery.homes_of, delivery.asked_for_peace from public;
grant execute on function delivery.locked_estates, delivery.homes_of to bostemme_registry;
grant update (mailboxes) on delivery.contacts to bostemme_registry;

-- migrate:down
-- Forward only: what has begun to be sent stays sent.
