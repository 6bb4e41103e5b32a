-- The pages of houses and of recipients say what was corrected in the reader's language, where it was written in that.
-- migrate:up

set local lock_timeout = '10s';

-- Same names and arguments, more columns at the end; those who call them name the columns.
-- squawk-ignore ban-drop-function
drop function ballots.house_files(text);

-- `wrong_nn`, `wrong_en`: the same as `wrong`, one for one, '' where nobody wrote it in that language.
create function ballots.house_files(p_slug text)
returns table (edition_id uuid, number integer, document text, language text, campaign_id uuid, campaign_name text,
  version integer, frozen_on date, erratum text, newest boolean, wrong text[],
  erratum_nn text, erratum_en text, wrong_nn text[], wrong_en text[])
language sql stable security definer set search_path = pg_catalog as $$
  select x.edition_id, f.number, f.document, f.language, e.campaign_id, c.name, e.version, e.frozen_on, e.erratum,
         e.version = max(e.version) over (partition by e.campaign_id),
         later.wrong, e.erratum_nn, e.erratum_en, later.wrong_nn, later.wrong_en
    from loop.public_pages p
    join loop.publications x on x.organisation_id = p.organisation_id and not x.withdrawn
    join loop.editions e on (e.organisation_id, e.id) = (x.organisation_id, x.edition_id) and e.state = 'ready'
    join registry.campaigns c on (c.organisation_id, c.id) = (e.organisation_id, e.campaign_id)
    join loop.edition_files f on (f.organisation_id, f.edition_id) = (e.organisation_id, e.id)
     and f.level = 'estate' and f.place = p.estate_id::text and f.document in ('beboer', 'bilder', 'oppslag')
     and f.content_hash is not null
   cross join lateral (
     select coalesce(array_agg(n.erratum order by n.version), '{}') as wrong,
            coalesce(array_agg(n.erratum_nn order by n.version), '{}') as wrong_nn,
            coalesce(array_agg(n.erratum_en order by n.version), '{}') as wrong_en
       from loop.editions n
       join loop.publications told on (told.organisation_id, told.edition_id) = (n.organisation_id, n.id)
      where (n.organisation_id, n.campaign_id) = (e.organisation_id, e.campaign_id)
        and n.version > e.version and n.erratum <> '') later
   where p.slug = p_slug
   order by c.closes_on desc, e.version desc, f.number
$$;

revoke all on function ballots.house_files from public;
grant execute on function ballots.house_files to bostemme_phone;

-- squawk-ignore ban-drop-function
drop function ballots.shared_edition(bytea, bytea);

create function ballots.shared_edition(p_hash bytea, p_code bytea)
returns table (campaign_name text, recipient text, version integer, frozen_on date, wave text, reading text, erratum text,
  expires_on date, erratum_nn text, erratum_en text)
language sql stable security definer set search_path = pg_catalog as $$
  select c.name, s.recipient, e.version, e.frozen_on, e.wave, e.reading, e.erratum, s.expires_on, e.erratum_nn, e.erratum_en
    from loop.live_share(p_hash, p_code) s
    join loop.editions e on (e.organisation_id, e.id) = (s.organisation_id, s.edition_id) and e.state = 'ready'
    join registry.campaigns c on (c.organisation_id, c.id) = (e.organisation_id, e.campaign_id)
$$;

-- squawk-ignore ban-drop-function
drop function ballots.shared_newer(bytea, bytea);

-- What was corrected since.
create function ballots.shared_newer(p_hash bytea, p_code bytea)
returns table (version integer, frozen_on date, erratum text, erratum_nn text, erratum_en text)
language sql stable security definer set search_path = pg_catalog as $$
  select n.version, n.frozen_on, n.erratum, n.erratum_nn, n.erratum_en
    from loop.live_share(p_hash, p_code) s
    join loop.editions e on (e.organisation_id, e.id) = (s.organisation_id, s.edition_id)
    join loop.editions n on (n.organisation_id, n.campaign_id) = (e.organisation_id, e.campaign_id)
     and n.version > e.version and n.state = 'ready'
   order by n.version desc
$$;

revoke all on function ballots.shared_edition, ballots.shared_newer from public;
grant execute on function ballots.shared_edition, ballots.shared_newer to bostemme_phone;

-- migrate:down
-- Forward only.
