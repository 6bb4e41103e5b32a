-- A no is of who has not answered, and how many there are is told so that it says nothing of any one home.
-- migrate:up

set local lock_timeout = '10s';

-- Who answered and then said no stood in both numbers. But how many of those who have *not* answered said no is not to be
-- told exactly either: a link is enough to say no by, and the office has the list of links. Had it said no for all homes
-- but one, the homes without an answer, which it knows, were as many as the noes, or one more: then that one has neither
-- answered nor said no. (As long as the others' noes were counted, too, it learned in the same way whether that home
-- had said no.) So a lot is drawn, once, when the round is counted, of the kind that makes what is told about as likely
-- whatever one home has done: 22 per cent more or less at most (e to the 1/5).

-- Of those who were asked: by an open link anybody says no as often as he likes.
create function ballots.noes(p_campaign_id uuid) returns bigint
language sql stable security definer set search_path = pg_catalog as $$
  select count(*) from ballots.rights r
    join registry.invitations i on (i.organisation_id, i.id) = (r.organisation_id, r.invitation_id)
   where r.campaign_id = p_campaign_id and r.declined and not r.used and i.source is null
$$;

-- About p_n, in whole fives: two lots are drawn, one added and one taken away, each k or more with probability e^(-k/5).
-- Not above p_most, which everybody knows. Null below 20, where the lots would be most of it: of 20 in truth, nine times
-- of ten it tells between 20 and 35, or nothing.
create function ballots.about(p_n bigint, p_most bigint) returns integer
language sql volatile security definer set search_path = pg_catalog as $$
  select case when told >= 20 then told end
    from (select least((floor((p_n + sum(l.lot) + 2) / 5.0) * 5)::integer, (p_most - p_most % 5)::integer) as told
            from (select s.sign * floor(-5 * ln((('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint + 1) / 4294967296.0))
                         as lot
                    from (values (1), (-1)) as s (sign)) l) t
$$;

-- As in 0058, and how many said no is drawn: once, so that who asks again is told the same.
create or replace function ballots.note_counted(p_campaign_ids uuid[]) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.campaigns c
     set counted = true,
         declined_in_all = ballots.about(
           ballots.noes(c.id),
           (select coalesce(sum(s.invited), 0) from registry.campaign_estates s
             where (s.organisation_id, s.campaign_id) = (c.organisation_id, c.id))
           - (select case when count(*) >= 5 then count(*) else 0 end from answers.responses r
               where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id) and r.mode not like 'open:%'))
   where c.id = any(p_campaign_ids) and c.status = 'closed' and c.seen_closed and not c.counted
     and not exists (select from ballots.box b
                      where (b.organisation_id, b.campaign_id) = (c.organisation_id, c.id) and not b.unreadable)
     and not exists (select from registry.campaigns w -- waves of a panel wait for those before them
                      where (w.organisation_id, w.panel_id) = (c.organisation_id, c.panel_id) and w.wave < c.wave
                        and ballots.is_being_counted(w))
$$;

create or replace function ballots.declined_counts(p_campaign_ids uuid[])
returns table (campaign_id uuid, n integer)
language sql stable security definer set search_path = pg_catalog as $$
  select c.id, c.declined_in_all
    from registry.campaigns c
   where c.id = any(p_campaign_ids) and c.status = 'closed' and c.counted
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

-- As in 0061, and counts nothing.
create or replace function ballots.forget_participation(p_campaign_id uuid) returns void
language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from ballots.rights r where r.campaign_id = p_campaign_id returning r.*)
  insert into ballots.rights (organisation_id, invitation_id, campaign_id, estate_id, not_again)
  select g.organisation_id, g.invitation_id, g.campaign_id, g.estate_id, g.not_again
    from gone g order by gen_random_uuid()
$$;

-- As in 0056, and counts no noes.
create or replace function retention.delete_invitations(p_campaign_id uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
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
  select count(*) into v_not_again from ballots.rights r
   where (r.organisation_id, r.campaign_id) = (v_organisation, p_campaign_id) and r.not_again;
  delete from registry.invitations where organisation_id = v_organisation and campaign_id = p_campaign_id;
  get diagnostics n = row_count;
  if n = 0 then
    return null;
  end if;
  update registry.campaigns
     set not_again_in_all = coalesce(not_again_in_all,
                                     case when v_not_again >= 5 then v_not_again - v_not_again % 5 end)
   where organisation_id = v_organisation and id = p_campaign_id;
  insert into retention.log (organisation_id, campaign_id, step, counts)
  values (v_organisation, p_campaign_id, 'invitations', jsonb_build_object('invitations', n));
  return jsonb_build_object('invitations', n);
end $$;

-- Rounds that have been told of: in whole fives from 20 like the others, or drawn where the mixer has not sealed them yet.
update registry.campaigns c
   set declined_in_all = case when c.declined_in_all >= 20 then c.declined_in_all - c.declined_in_all % 5 end
 where c.declined_in_all is not null;
update registry.campaigns c
   set declined_in_all = ballots.about(ballots.noes(c.id),
                                       (select count(*) from registry.invitations i
                                         where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id)
                                           and i.source is null))
 where c.status = 'closed' and c.counted and c.declined_in_all is null and c.ballot_key is not null
   and not exists (select from answers.waves w where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id));

-- As in 0058. What the mixer writes anew at that moment would not be found, and be left.
create or replace function ballots.give_up(p_public_key bytea) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_gone integer := 0;
  v record;
begin
  perform ballots.hold_for_mixing(x.campaign_id)
     from (select distinct b.campaign_id from ballots.box b where b.public_key = p_public_key order by 1) x;
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

revoke all on function ballots.noes, ballots.about from public;

-- migrate:down
-- Forward only: an exact number told what a home had done.
