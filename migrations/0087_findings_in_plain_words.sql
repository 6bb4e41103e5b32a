-- Tenants who read findings before the report is final meet each in the plain words of their own report. The office keeps
-- these beside the finding when it opens the round; the pages of tenants reckon nothing and read no more than what is kept.
-- A round whose last day has passed opens again at the address on the posters; what a link was once that was closed says so.
-- migrate:up

set local lock_timeout = '10s';

-- By language: {"theme": ..., "sentence": ..., "notes": [...]}. Null, or a language that is not there: the sentence of the report.
alter table loop.findings add column plain jsonb;
grant update (plain) on loop.findings to bostemme_registry;

-- squawk-ignore ban-drop-function
drop function ballots.findings_to_read(text, text, text);
create function ballots.findings_to_read(p_slug text, p_level text, p_place text) returns table (document jsonb, plain jsonb)
language sql stable security definer set search_path = pg_catalog as $$
  select f.document, f.plain
    from loop.readings r
    join loop.findings f on (f.organisation_id, f.campaign_id) = (r.organisation_id, r.campaign_id)
   where r.slug = p_slug and r.active and current_date <= r.ends_on
     and f.document -> 'place' ->> 'level' = p_level and f.document -> 'place' ->> 'id' = p_place
   order by f.number
$$;
revoke all on function ballots.findings_to_read from public;
grant execute on function ballots.findings_to_read to bostemme_phone;

-- ---------------------------------------------------------------- addresses that a round has had
create table loop.former_readings (
  slug text primary key check (slug ~ '^[0-9a-z]{16}$'),
  organisation_id uuid not null,
  campaign_id uuid not null,
  foreign key (organisation_id, campaign_id) references loop.readings (organisation_id, campaign_id) on delete cascade
);
create index former_readings_of_round on loop.former_readings (organisation_id, campaign_id);
alter table loop.former_readings enable row level security;

-- As in 0086; and a round that ended by its day is opened anew at the same address, so that the day tells it.
create or replace function loop.keep_told() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if new.slug <> old.slug then
    insert into loop.former_readings (slug, organisation_id, campaign_id) values (old.slug, old.organisation_id, old.campaign_id);
  end if;
  if old.waiting >= 5 and (not old.active or old.ends_on < current_date) and new.active and new.ends_on >= current_date then
    update loop.remarks m set told = true
     where (m.organisation_id, m.campaign_id) = (new.organisation_id, new.campaign_id) and not m.told;
    new.waiting := 0;
  end if;
  return new;
end $$;
drop trigger keep_told on loop.readings;
create trigger keep_told before update of slug, active, ends_on on loop.readings
  for each row execute function loop.keep_told();

create or replace function ballots.read_findings(p_slug text)
returns table (organisation_name text, fictitious boolean, campaign_name text, head jsonb)
language sql stable security definer set search_path = pg_catalog as $$
  select o.name, o.fictitious, c.name, case when l.open then d.head end
    from (select r.organisation_id, r.campaign_id, r.active and current_date <= r.ends_on as open
            from loop.readings r where r.slug = p_slug
          union all
          select f.organisation_id, f.campaign_id, false from loop.former_readings f where f.slug = p_slug) l
    join loop.dossiers d on (d.organisation_id, d.campaign_id) = (l.organisation_id, l.campaign_id)
    join registry.campaigns c on (c.organisation_id, c.id) = (l.organisation_id, l.campaign_id)
    join registry.organisations o on o.id = l.organisation_id
$$;

-- migrate:down
-- Forward only: posters would lead nowhere.
