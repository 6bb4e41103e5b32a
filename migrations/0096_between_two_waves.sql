-- A letter of a panel says to keep it, and its code is tried between two waves, when the invitations of the last are
-- deleted already. The link was then called unknown, and she who asked for a new one would have been linked no more.
-- migrate:up

set local lock_timeout = '10s';

-- Whether this link is one that a later wave will take, and none takes now: the same for all who were asked, whether
-- they answered or not.
create function ballots.asked_later(p_token_hash bytea) returns boolean
language sql stable security definer set search_path = pg_catalog
as $$
  select exists (
    select from registry.panel_members m
      join registry.panels p on (p.organisation_id, p.id) = (m.organisation_id, m.panel_id)
     where m.token_hash = p_token_hash and p.ended_on is null
       and not exists (
         select from registry.campaigns c
          where c.organisation_id = m.organisation_id and c.panel_id = m.panel_id
            and (c.status = 'open'
                 -- Planned, with links: the home may have got another.
                 or c.status = 'draft'
                    and exists (select from registry.invitations i
                                 where i.organisation_id = c.organisation_id and i.campaign_id = c.id)
                    and not exists (select from registry.invitations i
                                     where i.organisation_id = c.organisation_id and i.campaign_id = c.id
                                       and i.member_id = m.id))))
$$;

revoke all on function ballots.asked_later from public;
grant execute on function ballots.asked_later to bostemme_phone;

-- migrate:down
-- Forward only.
