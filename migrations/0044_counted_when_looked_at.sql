-- A round that closes is being counted until the mixer has looked at it, whether a ballot waits there or none: that it
-- was told at once of none showed whether the one home of a round had answered.
-- migrate:up

set local lock_timeout = '10s';

-- False from the console's closing until the mixer has looked and left nothing behind.
alter table registry.campaigns add column counted boolean not null default true;

-- Closed, and not to be told of yet: something waits, or nobody has looked. Where answers are mixed, many have come: what
-- waits or not tells nothing then.
create function ballots.is_being_counted(c registry.campaigns) returns boolean
language sql stable as $$
  select c.status = 'closed' and c.answers_deleted_on is null
     and (exists (select from ballots.box b
                   where (b.organisation_id, b.campaign_id) = (c.organisation_id, c.id) and not b.unreadable)
          or (not c.counted
              and not exists (select from answers.responses r
                               where (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id))))
$$;

create or replace function answers.being_counted(p_campaign_ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select c.id from registry.campaigns c
   where c.id = any(p_campaign_ids) and ballots.is_being_counted(c)
     and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

create or replace function answers.still_mixing(p_campaign_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select from registry.campaigns c
                  where c.id = p_campaign_id and c.status = 'closed'
                    and c.organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
                    and (ballots.is_being_counted(c)
                         or exists (select from ballots.box b
                                     where (b.organisation_id, b.campaign_id) = (c.organisation_id, c.id))))
$$;

create or replace function ballots.unsealed() returns table (organisation_id uuid, campaign_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select c.organisation_id, c.id from registry.campaigns c
   where c.status = 'closed' and c.answers_deleted_on is null and not ballots.is_being_counted(c)
     and not exists (select 1 from ballots.box b where b.campaign_id = c.id)
     and not exists (select 1 from answers.waves w where (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id))
$$;

-- Asked before a look; said after it, of those alone that had closed before: of which nothing is left to be mixed.
create function ballots.uncounted() returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select c.id from registry.campaigns c where c.status = 'closed' and not c.counted
$$;
create function ballots.note_counted(p_campaign_ids uuid[]) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.campaigns c set counted = true
   where c.id = any(p_campaign_ids) and c.status = 'closed' and not c.counted
     and not exists (select from ballots.box b
                      where (b.organisation_id, b.campaign_id) = (c.organisation_id, c.id) and not b.unreadable)
     and not exists (select from registry.campaigns w -- waves of a panel wait for those before them
                      where (w.organisation_id, w.panel_id) = (c.organisation_id, c.panel_id) and w.wave < c.wave
                        and ballots.is_being_counted(w))
$$;

revoke all on function ballots.is_being_counted, ballots.uncounted, ballots.note_counted from public;
grant execute on function ballots.uncounted, ballots.note_counted to bostemme_mixer;

-- migrate:down
-- Forward only: that nobody had answered would be told again.
