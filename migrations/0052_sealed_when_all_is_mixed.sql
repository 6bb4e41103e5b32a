-- A wave is sealed of a closed round whose box is empty, whoever writes it: what is sealed earlier leaves out for good
-- what still waits, and sets links back that have been used.
-- migrate:up

set local lock_timeout = '10s';

-- As in 0009, and no earlier than the end.
create or replace function retention.refuse_anew() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if exists (select from registry.campaigns c
              where (c.organisation_id, c.id) = (new.organisation_id, new.campaign_id)
                and c.answers_deleted_on is not null) then
    raise exception 'the answers of this round are deleted' using errcode = 'restrict_violation';
  end if;
  if not exists (select from registry.campaigns c
                  where (c.organisation_id, c.id) = (new.organisation_id, new.campaign_id) and c.status = 'closed') then
    raise exception 'the round is not closed' using errcode = 'restrict_violation';
  end if;
  if exists (select from ballots.box b where b.campaign_id = new.campaign_id) then
    raise exception 'answers of this round wait to be mixed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- migrate:down
-- Forward only.
