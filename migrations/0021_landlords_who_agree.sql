-- migrate:up

set local lock_timeout = '10s';

-- Two landlords may compare a round each, when both have said so. What crosses is a document that the one who says so
-- puts here: figures of the report on all estates, as they are printed or coarser. Nobody's answers are read by another.
create schema peers;

-- An offer: the results of this round may be compared with those of one organisation, or of all who say the same.
create table peers.offers (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  with_organisation_id uuid references registry.organisations (id), -- null: all who say the same
  check (with_organisation_id <> organisation_id),
  primary key (organisation_id, id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade,
  unique nulls not distinct (organisation_id, campaign_id, with_organisation_id)
);

create table peers.figures (
  organisation_id uuid not null,
  campaign_id uuid not null,
  wave_hash bytea not null check (octet_length(wave_hash) = 32),
  shared text not null,
  primary key (organisation_id, campaign_id),
  foreign key (organisation_id, campaign_id) references registry.campaigns (organisation_id, id) on delete cascade
);

create function peers.own() returns uuid
language sql stable set search_path = pg_catalog as $$
  select nullif(current_setting('bostemme.organisation_id', true), '')::uuid
$$;

-- Have both said so? The other for this round of theirs, we for any of ours; what is made up stands beside what is made
-- up only.
create function peers.agreed(p_organisation_id uuid, p_campaign_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select from peers.offers o
                  where o.organisation_id = p_organisation_id and o.campaign_id = p_campaign_id
                    and coalesce(o.with_organisation_id, peers.own()) = peers.own())
     and exists (select from peers.offers o
                  where o.organisation_id = peers.own()
                    and coalesce(o.with_organisation_id, p_organisation_id) = p_organisation_id)
     and (select count(distinct fictitious) from registry.organisations
           where id in (p_organisation_id, peers.own())) = 1
$$;

-- An organisation by its name, to be named in an offer; nothing else is told of it, nor is any list.
create function peers.organisation_named(p_name text) returns uuid
language sql stable security definer set search_path = pg_catalog as $$
  select id from registry.organisations
   where lower(name) = lower(p_name) and id <> peers.own()
     and fictitious = (select fictitious from registry.organisations where id = peers.own())
   limit 1
$$;

-- The names in one's own offers.
create function peers.named(p_campaign_id uuid) returns setof text
language sql stable security definer set search_path = pg_catalog as $$
  select o.name
    from peers.offers f
    join registry.organisations o on o.id = f.with_organisation_id
   where f.organisation_id = peers.own() and f.campaign_id = p_campaign_id
   order by o.name
$$;

alter table peers.offers enable row level security;
create policy own_organisation on peers.offers
  using (organisation_id = peers.own()) with check (organisation_id = peers.own());
alter table peers.figures enable row level security;
create policy own_organisation on peers.figures
  using (organisation_id = peers.own()) with check (organisation_id = peers.own());
create policy both_agreed on peers.figures for select using (peers.agreed(organisation_id, campaign_id));

revoke all on all functions in schema peers from public;
grant usage on schema peers to bostemme_registry, bostemme_answers;
grant execute on function peers.own to bostemme_registry, bostemme_answers;
grant execute on function peers.organisation_named, peers.named to bostemme_registry;
grant execute on function peers.agreed to bostemme_answers;
grant select, insert, delete on peers.offers to bostemme_registry;
grant select on peers.offers to bostemme_answers;
grant select, insert, update, delete on peers.figures to bostemme_answers;

-- migrate:down
-- Forward only: what was agreed would have to be asked again.
