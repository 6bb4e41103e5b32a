-- migrate:up
-- An operator finds a key by what people call its round: the organisation's name, the round's, and how far it has come.
-- squawk-ignore ban-drop-function
drop function ballots.keys();
create function ballots.keys()
returns table (public_key bytea, organisation_id uuid, organisation_name text, campaign_id uuid, campaign_name text,
  status text, current boolean, made_on date, destroyed_on date, waiting bigint, sealed boolean, panel boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select k.public_key, k.organisation_id, o.name, coalesce(k.campaign_id, f.id), coalesce(c.name, f.name),
         coalesce(c.status, f.status), coalesce(c.ballot_key = k.public_key, k.panel_id is not null), k.made_on,
         k.destroyed_on,
         case when k.panel_id is null
              then (select count(*) from ballots.box b where b.public_key = k.public_key)
              else (select count(*) from ballots.box b
                      join registry.campaigns w on (w.organisation_id, w.id) = (b.organisation_id, b.campaign_id)
                     where w.organisation_id = k.organisation_id and w.panel_id = k.panel_id) end,
         case when k.panel_id is null
              then c.answers_deleted_on is not null
                   or exists (select 1 from answers.waves w
                               where (w.organisation_id, w.campaign_id) = (k.organisation_id, k.campaign_id))
              else p.ended_on is not null end,
         k.panel_id is not null
    from registry.ballot_keys k
    left join registry.organisations o on o.id = k.organisation_id
    left join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
    left join registry.panels p on (p.organisation_id, p.id) = (k.organisation_id, k.panel_id)
    left join registry.campaigns f on (f.organisation_id, f.panel_id, f.wave) = (k.organisation_id, k.panel_id, 1)
$$;
revoke all on function ballots.keys from public;
grant execute on function ballots.keys to bostemme_mixer;

-- migrate:down
-- Forward only: the commands name rounds by it.
