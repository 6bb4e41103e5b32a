-- migrate:up

set local lock_timeout = '10s';

-- How many have answered an open round is *noted*, once a day, and nothing else is told until it is closed. A live count
-- showed whoever sent four answers of her own the moment of the next one, and fell when she took one back, to look again.

-- On which day a round was last looked at.
create table ballots.noted_rounds (
  organisation_id uuid not null,
  campaign_id uuid not null,
  noted_on date not null,
  primary key (organisation_id, campaign_id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);
-- What is told of an estate while the round is open: at least so many. Never less than it was.
create table ballots.noted (
  organisation_id uuid not null,
  campaign_id uuid not null,
  estate_id uuid not null,
  n bigint not null check (n >= 5 and n % 5 = 0),
  primary key (organisation_id, campaign_id, estate_id),
  foreign key (organisation_id, campaign_id) references ballots.noted_rounds (organisation_id, campaign_id)
    on delete cascade
);
create function ballots.never_less() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  raise exception 'what was noted does not fall' using errcode = 'restrict_violation';
end $$;
create trigger never_less before update on ballots.noted
  for each row when (new.n < old.n) execute function ballots.never_less();
create trigger never_again before update on ballots.noted_rounds
  for each row when (new.noted_on <= old.noted_on) execute function ballots.never_less();

-- The morning's work, at a moment of the caller's choosing: for tests. Between five and eight by Norwegian clocks, which
-- are never put forward or back at that hour; earlier and later nothing is noted, so that nobody chooses the moment by
-- starting the mixer. A day that is missed stays missed.
-- An estate's number rises when five more have come than it says, and then only on one morning of three, drawn by lot
-- for each estate: a number that rises does not say that an answer came the day before, nor one that stays that none did.
-- How many rounds were noted.
create function ballots.note_counts_at(p_now timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_there timestamp := p_now at time zone 'Europe/Oslo';
  v record;
  v_rounds integer := 0;
begin
  delete from ballots.noted_rounds r using registry.campaigns c
   where (c.organisation_id, c.id) = (r.organisation_id, r.campaign_id) and c.status <> 'open';
  if v_there::time < '05:00' or v_there::time >= '08:00' then
    return 0;
  end if;
  for v in
    select c.organisation_id, c.id from registry.campaigns c
     where c.status = 'open' and c.source = 'invitations' and c.opens_on <= v_there::date
       and not exists (select from ballots.noted_rounds r
                        where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id)
                          and r.noted_on >= v_there::date)
     order by c.id
  loop
    insert into ballots.noted_rounds as r (organisation_id, campaign_id, noted_on)
    values (v.organisation_id, v.id, v_there::date)
    on conflict (organisation_id, campaign_id) do update set noted_on = excluded.noted_on
     where r.noted_on < excluded.noted_on;
    continue when not found; -- another mixer was here meanwhile
    insert into ballots.noted as s (organisation_id, campaign_id, estate_id, n)
    select v.organisation_id, v.id, a.estate_id, a.n - a.n % 5
      from (select estate_id, count(*) as n
              from (select b.estate_id from ballots.box b
                     where b.organisation_id = v.organisation_id and b.campaign_id = v.id and b.source is null
                    union all
                    select p.estate_id from answers.responses p
                     where p.organisation_id = v.organisation_id and p.campaign_id = v.id
                       and p.estate_id is not null and p.mode not like 'open:%') one
             group by estate_id) a
      left join ballots.noted o on (o.organisation_id, o.campaign_id, o.estate_id) = (v.organisation_id, v.id, a.estate_id)
     where a.n >= coalesce(o.n, 0) + 5 and get_byte(uuid_send(gen_random_uuid()), 0) < 85 -- of 256
    on conflict (organisation_id, campaign_id, estate_id) do update set n = excluded.n;
    v_rounds := v_rounds + 1;
  end loop;
  return v_rounds;
end $$;

create function ballots.note_counts() returns integer
language sql security definer set search_path = pg_catalog as $$
  select ballots.note_counts_at(clock_timestamp())
$$;

-- ---------------------------------------------------------------- the console's side
-- How many have answered, as far as it may be told: what was noted of an open round; of a closed one the number, from
-- five on. Those who came by an open link were not among the invited.
create function answers.told_counts(p_campaign_ids uuid[])
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
  select one.campaign_id, one.estate_id, count(*)
    from (select b.campaign_id, b.estate_id
            from own join ballots.box b on (b.organisation_id, b.campaign_id) = (own.organisation_id, own.id)
           where own.status = 'closed' and b.source is null
          union all
          select p.campaign_id, p.estate_id
            from own join answers.responses p on (p.organisation_id, p.campaign_id) = (own.organisation_id, own.id)
           where own.status = 'closed' and p.estate_id is not null and p.mode not like 'open:%') one
   group by 1, 2
  having count(*) >= 5
$$;

-- On which day open rounds were last noted; nothing of those that never were.
create function answers.noted_on(p_campaign_ids uuid[])
returns table (campaign_id uuid, noted_on date)
language sql stable security definer set search_path = pg_catalog as $$
  select r.campaign_id, r.noted_on
    from ballots.noted_rounds r
    join registry.campaigns c on (c.organisation_id, c.id) = (r.organisation_id, r.campaign_id)
   where r.campaign_id = any(p_campaign_ids) and c.status = 'open'
     and r.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

-- Whether the mixer has work left in a closed round. Of an open one nothing is told.
create function answers.still_mixing(p_campaign_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select from ballots.box b
                   join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
                  where b.campaign_id = p_campaign_id and c.status = 'closed' and b.source is null
                    and b.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
$$;

-- The live counts are gone, and so is the way round them: answers are read when their round is closed.
-- squawk-ignore ban-drop-function
drop function ballots.waiting_counts(uuid[]);
-- squawk-ignore ban-drop-function
drop function ballots.waiting_open_counts(uuid);
create function answers.own_closed() returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select c.id from registry.campaigns c
   where c.status = 'closed'
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;
create policy read_when_closed on answers.responses as restrictive for select to bostemme_answers
  using (campaign_id in (select answers.own_closed()));

-- Whoever follows an open link makes an invitation of his own: the console counts none of those either.
create policy made_by_the_office on registry.invitations as restrictive for select to bostemme_registry
  using (source is null);

-- The first message goes to all but those who have said no, or asked for peace, before it went. Its count told how many
-- these are while their round is open: so they are counted with those it went to. Those are not whom the office knows to
-- be left out. `p_sms_after_email`: of the SMS tried, those to contacts whose e-mail had failed.
-- squawk-ignore ban-drop-function
drop function delivery.finish_batch(uuid, integer, integer, integer, integer);
create function delivery.finish_batch(
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
  select count(*) filter (where k.channel = 'email') as email, count(*) filter (where k.channel = 'sms') as sms
    into v_asked
    from delivery.queue q
    join delivery.contacts k on (k.organisation_id, k.invitation_id) = (q.organisation_id, q.invitation_id)
   where q.batch = p_batch and q.number = 0
     and not exists (select from registry.left_out(v.campaign_id) as l (id) where l.id = q.invitation_id);
  insert into delivery.counts as n (organisation_id, campaign_id, number, channel, sent, failed)
  select v.organisation_id, v.campaign_id, v.number, a.channel, a.sent, a.failed
    from (values ('email', greatest(p_email_sent, v_asked.email::integer - p_email_failed), p_email_failed),
                 ('sms', greatest(p_sms_sent, v_asked.sms::integer + p_sms_after_email - p_sms_failed), p_sms_failed))
           as a (channel, sent, failed)
   where a.sent > 0 or a.failed > 0
  on conflict (organisation_id, campaign_id, number, channel)
  do update set sent = n.sent + excluded.sent, failed = n.failed + excluded.failed;
  delete from delivery.queue where batch = p_batch;
  update delivery.mailings m set done = true
   where (m.organisation_id, m.campaign_id, m.number) = (v.organisation_id, v.campaign_id, v.number)
     and not exists (select from delivery.queue q where q.campaign_id = v.campaign_id and q.number = v.number);
end $$;

-- ---------------------------------------------------------------- who may do what
alter table ballots.noted_rounds enable row level security;
alter table ballots.noted enable row level security;
revoke all on function ballots.note_counts, ballots.note_counts_at, ballots.never_less, answers.told_counts,
  answers.noted_on, answers.still_mixing, answers.own_closed, delivery.finish_batch from public;
grant execute on function ballots.note_counts to bostemme_mixer;
grant execute on function answers.told_counts, answers.noted_on, answers.still_mixing, answers.own_closed
  to bostemme_answers;
grant execute on function delivery.finish_batch to bostemme_sender;

-- migrate:down
-- Forward only: a live count must not come back.
