-- migrate:up

set local lock_timeout = '10s';

-- The first time numbers of a round are told to anybody: what they rest on stands from then on. Its estates in their order,
-- each with the area it lay in; those where nearly the same people, or just the same, answered a round that was told before
-- ('' for all together).
create table answers.opened (
  organisation_id uuid not null,
  campaign_id uuid not null,
  wave_hash bytea not null check (octet_length(wave_hash) = 32),
  places jsonb not null,
  repeated text[] not null,
  unchanged text[] not null,
  first_on date not null default current_date,
  primary key (organisation_id, campaign_id)
);
create trigger opened_for_good before update or delete on answers.opened
  for each row execute function retention.refuse();
create trigger opened_as_a_whole before truncate on answers.opened
  for each statement execute function retention.refuse();

-- What the register has of those a round asked, by answer to a question of background: numbers of dwellings or people,
-- from public registers, of nobody in particular. May be replaced until numbers of the round are told.
create table answers.margins (
  organisation_id uuid not null,
  campaign_id uuid not null,
  item text not null,
  codes integer[] not null check (cardinality(codes) > 0),
  number integer not null check (number > 0),
  primary key (organisation_id, campaign_id, item, codes)
);

create function answers.refuse_when_told() returns trigger
language plpgsql set search_path = pg_catalog as $$
declare
  v answers.margins := case when tg_op = 'DELETE' then old else new end;
begin
  if exists (select from answers.opened o where (o.organisation_id, o.campaign_id) = (v.organisation_id, v.campaign_id))
     or exists (select from answers.published p
                 where (p.organisation_id, p.campaign_id) = (v.organisation_id, v.campaign_id))
     or exists (select from answers.told t where (t.organisation_id, t.campaign_id) = (v.organisation_id, v.campaign_id))
  then
    raise exception 'numbers of this round are told: what they are weighted to stands' using errcode = 'restrict_violation';
  end if;
  return v;
end $$;
create trigger margins_until_told before insert or delete on answers.margins
  for each row execute function answers.refuse_when_told();
create trigger margins_replaced_not_changed before update on answers.margins
  for each row execute function retention.refuse();
create trigger margins_as_a_whole before truncate on answers.margins
  for each statement execute function retention.refuse();

do $$
declare
  t text;
begin
  foreach t in array array['answers.opened', 'answers.margins'] loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'create policy own_organisation on %s using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
revoke all on function answers.refuse_when_told from public;
grant select, insert on answers.opened to bostemme_answers;
grant select, insert, delete on answers.margins to bostemme_answers;

-- migrate:down
-- Forward only: what was told is told.
