-- migrate:up

set local lock_timeout = '10s';

-- The letters of a large round are several files, each put away as soon as it is printed: no process holds all of
-- them at once. Letters of yesterday are gone anyway.
delete from delivery.printouts;
-- squawk-ignore ban-drop-column
alter table delivery.printouts drop column locked;

-- Letters `first_letter` to `last_letter` as one PDF, encrypted with a key that only the officer's browser holds.
create table delivery.printout_files (
  organisation_id uuid not null,
  printout_id uuid not null,
  number integer not null check (number > 0),
  first_letter integer not null check (first_letter > 0),
  last_letter integer not null check (last_letter >= first_letter),
  locked bytea not null,
  primary key (organisation_id, printout_id, number),
  foreign key (organisation_id, printout_id) references delivery.printouts (organisation_id, id) on delete cascade
);

alter table delivery.printout_files enable row level security;
create policy own_organisation on delivery.printout_files
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);
grant select, insert on delivery.printout_files to bostemme_registry;

-- migrate:down
-- Forward only: files of the old kind are made anew.
