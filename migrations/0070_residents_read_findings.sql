-- Before a report is final its findings are shown to tenants by a link; what they say of each is kept beside it, and of
-- them nothing: no name, no address, no time, and nothing that ties two remarks together.
-- migrate:up

set local lock_timeout = '10s';

create table loop.readings (
  organisation_id uuid not null,
  campaign_id uuid not null,
  slug text not null unique check (slug ~ '^[0-9a-z]{16}$'),
  active boolean not null default true,
  ends_on date not null,
  sent integer not null default 0,
  primary key (organisation_id, campaign_id),
  foreign key (organisation_id, campaign_id) references loop.dossiers (organisation_id, campaign_id)
);

-- `shown`: the office lets a remark stand in the documents. It may name somebody, so none does by itself.
create table loop.remarks (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  finding_id text not null,
  verdict text check (verdict in ('stands', 'does_not', 'lacks')),
  remark text check (length(remark) between 1 and 500),
  shown boolean not null default false,
  primary key (organisation_id, id),
  foreign key (organisation_id, campaign_id, finding_id) references loop.findings (organisation_id, campaign_id, id),
  check (verdict is not null or remark is not null)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50);
create index remarks_of_round on loop.remarks (organisation_id, campaign_id);

do $$
declare
  t text;
begin
  foreach t in array array['readings', 'remarks'] loop
    execute format('alter table loop.%I enable row level security', t);
    execute format(
      'create policy own_organisation on loop.%I using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
grant select on loop.readings to bostemme_registry;
grant insert (organisation_id, campaign_id, slug, ends_on) on loop.readings to bostemme_registry;
grant update (slug, active, ends_on) on loop.readings to bostemme_registry;
-- By column: not where a row lies, nor which transaction wrote it.
grant select (organisation_id, id, campaign_id, finding_id, verdict, remark, shown), update (shown) on loop.remarks
  to bostemme_registry;

-- What a link shows; no head once it was switched off or is past its last day.
create function ballots.read_findings(p_slug text)
returns table (organisation_name text, fictitious boolean, campaign_name text, head jsonb)
language sql stable security definer set search_path = pg_catalog as $$
  select o.name, o.fictitious, c.name, case when r.active and current_date <= r.ends_on then d.head end
    from loop.readings r
    join loop.dossiers d on (d.organisation_id, d.campaign_id) = (r.organisation_id, r.campaign_id)
    join registry.campaigns c on (c.organisation_id, c.id) = (r.organisation_id, r.campaign_id)
    join registry.organisations o on o.id = r.organisation_id
   where r.slug = p_slug
$$;

create function ballots.findings_to_read(p_slug text, p_level text, p_place text) returns table (document jsonb)
language sql stable security definer set search_path = pg_catalog as $$
  select f.document
    from loop.readings r
    join loop.findings f on (f.organisation_id, f.campaign_id) = (r.organisation_id, r.campaign_id)
   where r.slug = p_slug and r.active and current_date <= r.ends_on
     and f.document -> 'place' ->> 'level' = p_level and f.document -> 'place' ->> 'id' = p_place
   order by f.number
$$;

-- kept | closed | full: 5,000 remarks are more than a round can have, and a limit to what one link can fill. Every remark
-- of the round is written anew in an order drawn by lot, as of drafts of questionnaires.
create function ballots.remark_findings(p_slug text, p_findings text[], p_verdicts text[], p_remarks text[]) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  l loop.readings;
begin
  select r.* into l from loop.readings r where r.slug = p_slug and r.active and current_date <= r.ends_on for update;
  if not found then
    return 'closed';
  end if;
  if not exists (select from loop.findings f
                  where (f.organisation_id, f.campaign_id) = (l.organisation_id, l.campaign_id) and f.id = any(p_findings)) then
    return 'kept';
  end if;
  if (select count(*) from loop.remarks m where (m.organisation_id, m.campaign_id) = (l.organisation_id, l.campaign_id))
     + cardinality(p_findings) > 5000 then
    return 'full';
  end if;
  with before as (
    delete from loop.remarks m where (m.organisation_id, m.campaign_id) = (l.organisation_id, l.campaign_id)
    returning m.id, m.finding_id, m.verdict, m.remark, m.shown),
  together as (
    select * from before
    union all
    select gen_random_uuid(), n.finding_id, n.verdict, n.remark, false
      from unnest(p_findings, p_verdicts, p_remarks) as n (finding_id, verdict, remark)
      join loop.findings f on (f.organisation_id, f.campaign_id, f.id) = (l.organisation_id, l.campaign_id, n.finding_id))
  insert into loop.remarks (organisation_id, id, campaign_id, finding_id, verdict, remark, shown)
  select l.organisation_id, t.id, l.campaign_id, t.finding_id, t.verdict, t.remark, t.shown
    from together t
   order by gen_random_uuid();
  update loop.readings r set sent = r.sent + 1 where (r.organisation_id, r.campaign_id) = (l.organisation_id, l.campaign_id);
  return 'kept';
end $$;

revoke all on function ballots.read_findings, ballots.findings_to_read, ballots.remark_findings from public;
grant execute on function ballots.read_findings, ballots.findings_to_read, ballots.remark_findings to bostemme_phone;

-- migrate:down
-- Forward only: what tenants said of findings would be lost.
