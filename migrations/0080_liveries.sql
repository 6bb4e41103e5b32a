-- The landlord's own colour and logo, for the covers of documents. A change is a new row: what an edition is frozen
-- in stays as it was.
-- migrate:up

set local lock_timeout = '10s';

create table registry.liveries (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  colour text not null check (colour ~ '^#[0-9a-f]{6}$'),
  plate boolean not null,
  logo bytea check (length(logo) between 1 and 4000000),
  media_type text check (media_type in ('image/png', 'image/jpeg', 'image/svg+xml')),
  width double precision check (width > 0),
  height double precision check (height > 0),
  alt text not null check (length(alt) <= 200),
  worn boolean not null default true,
  primary key (organisation_id, id),
  check (num_nulls(logo, media_type, width, height) in (0, 4)),
  check (logo is null or alt <> '')
);
create unique index liveries_worn on registry.liveries (organisation_id) where worn;

alter table registry.liveries enable row level security;
create policy own_organisation on registry.liveries
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);

grant select, delete on registry.liveries to bostemme_registry;
grant insert (organisation_id, colour, plate, logo, media_type, width, height, alt) on registry.liveries to bostemme_registry;
grant update (worn) on registry.liveries to bostemme_registry;

-- None: the colours of the house.
alter table loop.editions add column livery_id uuid;
alter table loop.editions add constraint editions_livery foreign key (organisation_id, livery_id)
  references registry.liveries (organisation_id, id) not valid;
grant insert (livery_id) on loop.editions to bostemme_registry;

-- migrate:down
-- Forward only: documents that were handed out must come out the same.
