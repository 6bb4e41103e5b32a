-- A correction that is taken off the pages of houses again does not make the version before it right: whatever a later
-- version said was wrong is told beside the earlier one for as long as that one is shown.
-- migrate:up

set local lock_timeout = '10s';

-- Same name and argument; those who call it name its columns.
-- squawk-ignore ban-drop-function
drop function ballots.house_files(text);

-- Tenants' documents of the house that are published, the newest round and version first. `wrong`: what later versions
-- that stood on the page at some time, withdrawn since or not, said was wrong in it.
create function ballots.house_files(p_slug text)
returns table (edition_id uuid, number integer, document text, language text, campaign_id uuid, campaign_name text,
  version integer, frozen_on date, erratum text, newest boolean, wrong text[])
language sql stable security definer set search_path = pg_catalog as $$
  select x.edition_id, f.number, f.document, f.language, e.campaign_id, c.name, e.version, e.frozen_on, e.erratum,
         e.version = max(e.version) over (partition by e.campaign_id),
         array(select later.erratum
                 from loop.editions later
                 join loop.publications told on (told.organisation_id, told.edition_id) = (later.organisation_id, later.id)
                where (later.organisation_id, later.campaign_id) = (e.organisation_id, e.campaign_id)
                  and later.version > e.version and later.erratum <> ''
                order by later.version)
    from loop.public_pages p
    join loop.publications x on x.organisation_id = p.organisation_id and not x.withdrawn
    join loop.editions e on (e.organisation_id, e.id) = (x.organisation_id, x.edition_id) and e.state = 'ready'
    join registry.campaigns c on (c.organisation_id, c.id) = (e.organisation_id, e.campaign_id)
    join loop.edition_files f on (f.organisation_id, f.edition_id) = (e.organisation_id, e.id)
     and f.level = 'estate' and f.place = p.estate_id::text and f.document in ('beboer', 'bilder', 'oppslag')
     and f.content_hash is not null
   where p.slug = p_slug
   order by c.closes_on desc, e.version desc, f.number
$$;

revoke all on function ballots.house_files from public;
grant execute on function ballots.house_files to bostemme_phone;

-- migrate:down
-- Forward only.
