-- A page of every house that outlives staff and projects: what its tenants were told, round after round, with every
-- version that was handed out.
-- migrate:up

set local lock_timeout = '10s';

create table loop.public_pages (
  organisation_id uuid not null,
  estate_id uuid not null,
  slug text not null unique check (slug ~ '^[0-9a-z]{16}$'),
  primary key (organisation_id, estate_id),
  foreign key (organisation_id, estate_id) references registry.estates (organisation_id, id)
);

create table loop.publications (
  organisation_id uuid not null,
  edition_id uuid not null,
  published_on date not null default current_date,
  withdrawn boolean not null default false,
  primary key (organisation_id, edition_id),
  foreign key (organisation_id, edition_id) references loop.editions (organisation_id, id)
);

-- The same document for a screen, frozen with the PDF.
alter table loop.edition_files add column web text;

do $$
declare
  t text;
begin
  foreach t in array array['public_pages', 'publications'] loop
    execute format('alter table loop.%I enable row level security', t);
    execute format(
      'create policy own_organisation on loop.%I using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
grant select, insert on loop.public_pages to bostemme_registry;
grant select, insert (organisation_id, edition_id) on loop.publications to bostemme_registry;
grant update (withdrawn) on loop.publications to bostemme_registry;
grant update (web) on loop.edition_files to bostemme_registry;

-- The house of a page; nothing for an address that was never given.
create function ballots.house(p_slug text)
returns table (organisation_name text, fictitious boolean, estate_name text)
language sql stable security definer set search_path = pg_catalog as $$
  select o.name, o.fictitious, e.name
    from loop.public_pages p
    join registry.estates e on (e.organisation_id, e.id) = (p.organisation_id, p.estate_id)
    join registry.organisations o on o.id = p.organisation_id
   where p.slug = p_slug
$$;

-- Tenants' documents of the house that are published, the newest round and version first.
create function ballots.house_files(p_slug text)
returns table (edition_id uuid, number integer, document text, language text, campaign_name text, version integer,
  frozen_on date, erratum text, newest boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select x.edition_id, f.number, f.document, f.language, c.name, e.version, e.frozen_on, e.erratum,
         e.version = max(e.version) over (partition by e.campaign_id)
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

create function ballots.house_file(p_slug text, p_edition_id uuid, p_number integer)
returns table (body bytea, web text)
language sql stable security definer set search_path = pg_catalog as $$
  select f.body, f.web
    from ballots.house_files(p_slug) h
    join loop.edition_files f on f.edition_id = h.edition_id and f.number = h.number
   where h.edition_id = p_edition_id and h.number = p_number
$$;

revoke all on function ballots.house, ballots.house_files, ballots.house_file from public;
grant execute on function ballots.house, ballots.house_files, ballots.house_file to bostemme_phone;

-- migrate:down
-- Forward only: addresses on posters must go on leading somewhere.
