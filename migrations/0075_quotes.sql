-- A few words of somebody's, let through by two persons. What is quoted is words and a place: no answer, no order of
-- answers and no time of one is kept with it.
-- migrate:up

set local lock_timeout = '10s';

-- Who reads open answers does nothing else: nobody who runs rounds does by default.
-- squawk-ignore ban-drop-constraint
alter table registry.staff drop constraint staff_role_check;
alter table registry.staff add constraint staff_role_check
  check (role in ('officer', 'reader', 'researcher', 'analyst', 'administrator')) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table registry.staff validate constraint staff_role_check;

create schema quotes;

-- `wording`: what may be printed. `level` and `place_id`: what is printed as the place: all, an area, an estate.
-- 'picked' waits for the second person, 'returned' for the first; 'taken_back' was approved once.
-- The console's role sees those that are approved and no others: what waits is somebody's answer.
create table quotes.quotes (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  item text not null check (length(item) between 1 and 120),
  meaning text not null check (length(meaning) between 1 and 120),
  level text not null check (level in ('all', 'area', 'estate')),
  place_id uuid not null,
  codes text[] not null check (cardinality(codes) between 1 and 3),
  wording text not null check (length(wording) between 1 and 1000),
  edited boolean not null,
  state text not null default 'picked' check (state in ('picked', 'returned', 'approved', 'taken_back')),
  reason text not null default '' check (length(reason) <= 500),
  picked_by uuid not null,
  decided_by uuid,
  approved_on date,
  revision integer not null default 1,
  primary key (organisation_id, id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id),
  foreign key (organisation_id, picked_by) references registry.staff (organisation_id, id),
  foreign key (organisation_id, decided_by) references registry.staff (organisation_id, id),
  constraint two_persons check (decided_by <> picked_by),
  constraint approved_by_somebody check (state <> 'approved' or (decided_by is not null and approved_on is not null)),
  constraint returned_with_a_reason check (state <> 'returned' or reason <> '')
);
create index quotes_of_round on quotes.quotes (organisation_id, campaign_id);

-- What was written, word for word, beside what may be printed; gone on the day the answers go.
create table quotes.verbatim (
  organisation_id uuid not null,
  quote_id uuid not null,
  body text not null,
  primary key (organisation_id, quote_id),
  foreign key (organisation_id, quote_id) references quotes.quotes (organisation_id, id) on delete cascade
);
-- `analyze` would keep some of them when they are deleted.
alter table quotes.verbatim alter column body set statistics 0;
alter table quotes.quotes alter column wording set statistics 0;

do $$
declare
  t text;
begin
  foreach t in array array['quotes', 'verbatim'] loop
    execute format('alter table quotes.%I enable row level security', t);
    execute format(
      'create policy own_organisation on quotes.%I using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
create policy approved on quotes.quotes as restrictive for select to bostemme_registry using (state = 'approved');

-- Approved by whoever did not pick it, and from then on only taken back or approved again: what two persons have agreed
-- on is not another text tomorrow.
create function quotes.stands() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if old.approved_on is not null
     and (new.wording, new.level, new.place_id, new.item, new.campaign_id, new.picked_by)
         is distinct from (old.wording, old.level, old.place_id, old.item, old.campaign_id, old.picked_by) then
    raise exception 'what was approved stays as it is' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger stands before update on quotes.quotes for each row execute function quotes.stands();

-- ---------------------------------------------------------------- gone with the answers
-- With the answers of a round goes what was kept of them for quotes, by the line in the log that says so: every text word
-- for word, and what nobody has let through.
create function quotes.gone_with_answers() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from quotes.verbatim v using quotes.quotes q
   where (q.organisation_id, q.campaign_id) = (new.organisation_id, new.campaign_id)
     and (v.organisation_id, v.quote_id) = (q.organisation_id, q.id);
  delete from quotes.quotes q
   where (q.organisation_id, q.campaign_id) = (new.organisation_id, new.campaign_id) and q.approved_on is null;
  perform retention.mark('quotes.quotes', 'quotes.verbatim');
  return null;
end $$;
create trigger quotes_go after insert on retention.log for each row when (new.step = 'answers')
  execute function quotes.gone_with_answers();

-- ---------------------------------------------------------------- who may do what
revoke all on function quotes.stands, quotes.gone_with_answers from public;
grant usage on schema quotes to bostemme_registry, bostemme_answers;
grant select (organisation_id, id, campaign_id, item, meaning, level, place_id, codes, wording, edited, state, approved_on)
  on quotes.quotes to bostemme_registry;
grant select, delete on quotes.quotes to bostemme_answers;
grant insert (organisation_id, campaign_id, item, meaning, level, place_id, codes, wording, edited, picked_by)
  on quotes.quotes to bostemme_answers;
grant update (level, place_id, codes, wording, edited, state, reason, decided_by, approved_on, revision)
  on quotes.quotes to bostemme_answers;
grant select, insert on quotes.verbatim to bostemme_answers;
-- Nothing that was let through once is deleted; what nobody has let through can be.
create policy not_approved on quotes.quotes as restrictive for delete to bostemme_answers using (approved_on is null);

-- migrate:down
-- Forward only: what two persons have let through would be lost.
