-- migrate:up

set local lock_timeout = '10s';

-- Panels: rounds that follow the same persons, wave by wave. The registry knows who is asked in which wave, the
-- answers know a pseudonym; what leads from one to the other is a key in the mixer's folder together with the
-- tenant's own link, and neither is in the database.

-- `panel_key`: the public name of that key. The panel is called like the round of its first wave.
create table registry.panels (
  organisation_id uuid not null references registry.organisations (id),
  id uuid not null default gen_random_uuid(),
  waves integer not null check (waves between 2 and 12),
  panel_key bytea check (octet_length(panel_key) = 32),
  ended_on date,
  primary key (organisation_id, id)
);

alter table registry.campaigns add column panel_id uuid, add column wave integer check (wave between 1 and 12);
alter table registry.campaigns add constraint wave_of_panel
  check ((panel_id is null) = (wave is null)) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table registry.campaigns validate constraint wave_of_panel;
alter table registry.campaigns add constraint campaigns_panel
  foreign key (organisation_id, panel_id) references registry.panels (organisation_id, id) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table registry.campaigns validate constraint campaigns_panel;
-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint
alter table registry.campaigns add unique (organisation_id, panel_id, wave);
alter table registry.ballot_keys add column panel_id uuid;

-- Whom the next wave asks by the link they have: everybody who was asked, whether they answered or not.
create table registry.panel_members (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  panel_id uuid not null,
  estate_id uuid not null,
  dwelling integer not null,
  token_hash bytea not null unique,
  primary key (organisation_id, id),
  foreign key (organisation_id, panel_id) references registry.panels (organisation_id, id) on delete cascade
);
create index panel_members_by_panel on registry.panel_members (organisation_id, panel_id, estate_id);

-- `member_id`: this invitation is opened by the link its holder has from before.
alter table registry.invitations add column member_id uuid;
alter table registry.invitations add constraint invitations_member
  foreign key (organisation_id, member_id) references registry.panel_members (organisation_id, id)
  on delete set null (member_id) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table registry.invitations validate constraint invitations_member;
-- squawk-ignore require-concurrent-index-creation
create index invitations_by_member on registry.invitations (organisation_id, member_id) where member_id is not null;

alter table answers.responses add column person bytea check (octet_length(person) = 16);

-- ---------------------------------------------------------------- who took part is forgotten
-- When a wave is sealed nobody needs to know any more who answered and who declined: how many declined is kept, from
-- five on. Every invitation is written anew, in an order drawn by lot, or those that were changed would show.
create function ballots.forget_participation(p_campaign_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_declined integer;
begin
  select count(*) into v_declined from registry.invitations where campaign_id = p_campaign_id and declined;
  if v_declined >= 5 then
    update registry.campaigns set declined_in_all = v_declined where id = p_campaign_id;
  end if;
  for v in select i.organisation_id, i.id from registry.invitations i
            where i.campaign_id = p_campaign_id order by gen_random_uuid() loop
    update registry.invitations i set used = false, declined = false
     where i.organisation_id = v.organisation_id and i.id = v.id;
  end loop;
end $$;

create function ballots.forget_when_sealed() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform ballots.forget_participation(new.campaign_id);
  return null;
end $$;
create trigger forget_participation after insert on answers.waves
  for each row execute function ballots.forget_when_sealed();

do $$
begin
  perform ballots.forget_participation(c.id)
     from registry.campaigns c join answers.waves w on (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id);
end $$;

-- ---------------------------------------------------------------- keys
create or replace function registry.take_ballot_key(p_organisation_id uuid, p_campaign_id uuid) returns bytea
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_key bytea;
begin
  select public_key into v_key from registry.ballot_keys
   where campaign_id is null and panel_id is null and destroyed_on is null
   order by made_on desc, public_key limit 1 for update skip locked;
  if not found then
    return null;
  end if;
  update registry.campaigns set ballot_key = v_key
   where organisation_id = p_organisation_id and id = p_campaign_id;
  if not found then
    return null;
  end if;
  update registry.ballot_keys set organisation_id = p_organisation_id, campaign_id = p_campaign_id
   where public_key = v_key;
  return v_key;
end $$;

-- The panel's key, from the same stock, the first time one of its waves opens. Null when the stock is empty.
create function registry.take_panel_key(p_organisation_id uuid, p_panel_id uuid) returns bytea
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_key bytea;
begin
  select panel_key into v_key from registry.panels
   where organisation_id = p_organisation_id and id = p_panel_id for update;
  if not found or v_key is not null then
    return v_key;
  end if;
  update registry.ballot_keys set organisation_id = p_organisation_id, panel_id = p_panel_id
   where public_key = (select public_key from registry.ballot_keys
                        where campaign_id is null and panel_id is null and destroyed_on is null
                        order by made_on desc, public_key limit 1 for update skip locked)
  returning public_key into v_key;
  update registry.panels set panel_key = v_key where organisation_id = p_organisation_id and id = p_panel_id;
  return v_key;
end $$;

-- `sealed`: nothing more is to be opened or reckoned with it. `panel`: it links the waves of a panel.
-- squawk-ignore ban-drop-function
drop function ballots.keys();
create function ballots.keys()
returns table (public_key bytea, organisation_id uuid, campaign_id uuid, campaign_name text, current boolean,
  made_on date, destroyed_on date, waiting bigint, sealed boolean, panel boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select k.public_key, k.organisation_id, coalesce(k.campaign_id, f.id), coalesce(c.name, f.name),
         coalesce(c.ballot_key = k.public_key, k.panel_id is not null), k.made_on, k.destroyed_on,
         case when k.panel_id is null
              then (select count(*) from ballots.box b where b.public_key = k.public_key)
              else (select count(*) from ballots.box b
                      join registry.campaigns w on (w.organisation_id, w.id) = (b.organisation_id, b.campaign_id)
                     where w.organisation_id = k.organisation_id and w.panel_id = k.panel_id) end,
         case when k.panel_id is null
              then c.answers_deleted_on is not null
                   or exists (select 1 from answers.waves w
                               where (w.organisation_id, w.campaign_id) = (k.organisation_id, k.campaign_id))
              else p.ended_on is not null end,
         k.panel_id is not null
    from registry.ballot_keys k
    left join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
    left join registry.panels p on (p.organisation_id, p.id) = (k.organisation_id, k.panel_id)
    left join registry.campaigns f on (f.organisation_id, f.panel_id, f.wave) = (k.organisation_id, k.panel_id, 1)
$$;

-- ---------------------------------------------------------------- the tenant's side
-- The panel of a link: nothing for those who came by an open link, and nothing when its key is gone.
-- squawk-ignore ban-drop-function
drop function ballots.visit(bytea, bytea);
create function ballots.visit(p_token_hash bytea, p_draft_key bytea)
returns table (
  organisation_name text, fictitious boolean, campaign_name text, estate_name text, status text, opens_on date,
  closes_on date, closed_on date, results_on date, today date, languages text[], questionnaire_version_id uuid,
  ballot_key bytea, used boolean, declined boolean, sealed bytea, panel_id uuid, wave integer, waves integer,
  linkable boolean, archive_years integer)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return query
  select o.name, o.fictitious, c.name, e.name, c.status, c.opens_on, c.closes_on, c.closed_on, c.results_on, current_date,
         c.languages, c.questionnaire_version_id, c.ballot_key, i.used, i.declined, d.sealed, p.id, c.wave, p.waves,
         k.public_key is not null, c.archive_years
    from registry.invitations i
    join registry.campaigns c on (c.organisation_id, c.id) = (i.organisation_id, i.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (i.organisation_id, i.estate_id)
    join registry.organisations o on o.id = i.organisation_id
    left join registry.panels p on (p.organisation_id, p.id) = (c.organisation_id, c.panel_id) and i.source is null
    left join registry.ballot_keys k on k.public_key = p.panel_key and k.destroyed_on is null and p.ended_on is null
    left join ballots.drafts d on d.draft_key = p_draft_key
   where i.token_hash = p_token_hash;
end $$;

-- ---------------------------------------------------------------- the office's side
-- When a wave closes, those it asked are whom the next one asks; nobody after the last.
create function registry.keep_panel_members() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update registry.panel_members m set token_hash = i.token_hash
    from registry.invitations i
   where i.organisation_id = new.organisation_id and i.campaign_id = new.id and i.source is null
     and (m.organisation_id, m.id) = (i.organisation_id, i.member_id);
  delete from registry.panel_members m
   where m.organisation_id = new.organisation_id and m.panel_id = new.panel_id
     and (new.wave >= (select p.waves from registry.panels p
                        where p.organisation_id = new.organisation_id and p.id = new.panel_id)
          or (exists (select from registry.campaign_estates ce
                       where (ce.organisation_id, ce.campaign_id, ce.estate_id)
                             = (new.organisation_id, new.id, m.estate_id))
              and not exists (select from registry.invitations i
                               where i.organisation_id = new.organisation_id and i.campaign_id = new.id
                                 and i.member_id = m.id)));
  insert into registry.panel_members (organisation_id, panel_id, estate_id, dwelling, token_hash)
  select i.organisation_id, new.panel_id, i.estate_id, i.dwelling, i.token_hash
    from registry.invitations i
   where i.organisation_id = new.organisation_id and i.campaign_id = new.id and i.source is null
     and i.member_id is null
     and new.wave < (select p.waves from registry.panels p
                      where p.organisation_id = new.organisation_id and p.id = new.panel_id)
   order by gen_random_uuid();
  return null;
end $$;
create trigger keep_panel_members after update of status on registry.campaigns
  for each row when (new.status = 'closed' and old.status <> 'closed' and new.panel_id is not null)
  execute function registry.keep_panel_members();

-- From now on the links that members have lead to this wave; to the one before leads a link that nobody has.
create function registry.carry_links(p_campaign_id uuid) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid := nullif(current_setting('bostemme.organisation_id', true), '')::uuid;
  v_carried integer;
begin
  update registry.invitations b
     set token_hash = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
   where b.campaign_id <> p_campaign_id
     and b.token_hash in (select m.token_hash from registry.panel_members m
                            join registry.invitations i on (i.organisation_id, i.member_id) = (m.organisation_id, m.id)
                           where i.organisation_id = v_organisation and i.campaign_id = p_campaign_id);
  update registry.invitations i set token_hash = m.token_hash
    from registry.panel_members m
   where i.organisation_id = v_organisation and i.campaign_id = p_campaign_id
     and (m.organisation_id, m.id) = (i.organisation_id, i.member_id);
  get diagnostics v_carried = row_count;
  return v_carried;
end $$;

-- Ends a panel: nobody is asked by an old link any more. False while a wave of it is planned or open.
create function registry.end_panel(p_panel_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid := nullif(current_setting('bostemme.organisation_id', true), '')::uuid;
begin
  update registry.panels p set ended_on = current_date
   where p.organisation_id = v_organisation and p.id = p_panel_id and p.ended_on is null
     and not exists (select from registry.campaigns c
                      where c.organisation_id = v_organisation and c.panel_id = p.id and c.status <> 'closed');
  if not found then
    return false;
  end if;
  delete from registry.panel_members where organisation_id = v_organisation and panel_id = p_panel_id;
  return true;
end $$;

-- ---------------------------------------------------------------- the mixer's side
-- `panel_key`: what the pseudonyms of this wave are made with; null when the panel has none (any more). `held`: an
-- earlier wave of the panel is not mixed yet.
-- squawk-ignore ban-drop-function
drop function ballots.places();
create function ballots.places()
returns table (organisation_id uuid, campaign_id uuid, estate_id uuid, area_id uuid, status text,
  mixing_size integer, waiting bigint, fresh bigint, unreadable bigint, mixed bigint, panel_id uuid, wave integer,
  panel_key bytea, held boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select b.organisation_id, b.campaign_id, b.estate_id, e.area_id, c.status, c.mixing_size,
         count(*) filter (where not b.unreadable), count(*) filter (where b.fresh),
         count(*) filter (where b.unreadable),
         (select count(*) from answers.responses r
           where (r.organisation_id, r.campaign_id, r.estate_id) = (b.organisation_id, b.campaign_id, b.estate_id)),
         c.panel_id, c.wave,
         (select k.public_key from registry.panels p
            join registry.ballot_keys k on k.public_key = p.panel_key and k.destroyed_on is null
           where (p.organisation_id, p.id) = (c.organisation_id, c.panel_id)),
         exists (select from registry.campaigns w
                   join ballots.box x on (x.organisation_id, x.campaign_id) = (w.organisation_id, w.id)
                  where w.organisation_id = c.organisation_id and w.panel_id = c.panel_id and w.wave < c.wave
                    and not x.unreadable)
    from ballots.box b
    join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)
    join registry.estates e on (e.organisation_id, e.id) = (b.organisation_id, b.estate_id)
   group by b.organisation_id, b.campaign_id, b.estate_id, e.area_id, c.organisation_id, c.status, c.mixing_size,
            c.panel_id, c.wave
$$;

-- Which pseudonyms an estate's answers bore in which of the earlier waves.
create function ballots.known_persons(p_panel_id uuid, p_wave integer, p_estate_id uuid)
returns table (person bytea, wave integer)
language sql stable security definer set search_path = pg_catalog as $$
  select r.person, c.wave
    from registry.campaigns c
    join answers.responses r on (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id)
   where c.panel_id = p_panel_id and c.wave < p_wave and r.estate_id = p_estate_id and r.person is not null
$$;

-- squawk-ignore ban-drop-function
drop function ballots.mix(uuid, uuid, uuid, uuid[], uuid[], text[], text[], text[], bytea[]);
-- As before; `p_persons` beside the answers, null where one is not linked.
create function ballots.mix(
  p_campaign_id uuid, p_estate_id uuid, p_area_id uuid, p_ids uuid[],
  p_version_ids uuid[], p_languages text[], p_modes text[], p_answers text[], p_codes bytea[], p_persons bytea[])
returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
  v_gone integer;
begin
  select organisation_id into strict v_organisation from registry.campaigns where id = p_campaign_id;
  with gone as (delete from ballots.box where id = any(p_ids) and campaign_id = p_campaign_id
                returning receipt_hash),
  noted as (insert into ballots.receipts (receipt_hash, campaign_id, state)
            select receipt_hash, p_campaign_id, 'counted' from gone order by gen_random_uuid() returning 1)
  select count(*) into v_gone from noted;
  if v_gone <> cardinality(p_ids) then
    raise exception 'a ballot has left the box' using errcode = 'serialization_failure';
  end if;
  with before as (delete from answers.responses r
                   where r.organisation_id = v_organisation and r.campaign_id = p_campaign_id
                     and r.estate_id is not distinct from p_estate_id and r.area_id is not distinct from p_area_id
                  returning r.questionnaire_version_id, r.language, r.mode, r.answers, r.codes, r.person),
  together as (
    select * from before
    union all
    select n.version_id, n.language, n.mode, n.answers::jsonb, n.codes, n.person
      from unnest(p_version_ids, p_languages, p_modes, p_answers, p_codes, p_persons)
           as n (version_id, language, mode, answers, codes, person))
  insert into answers.responses
    (organisation_id, campaign_id, estate_id, area_id, questionnaire_version_id, language, mode, answers, codes, person)
  select v_organisation, p_campaign_id, p_estate_id, p_area_id, t.questionnaire_version_id, t.language, t.mode,
         t.answers, t.codes, t.person
    from together t
   order by gen_random_uuid();
  insert into ballots.batches (campaign_id, size) values (p_campaign_id, v_gone);
end $$;

-- Panels are over when their last planned wave is sealed, and two years after a wave that no other followed.
create function ballots.end_panels() returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_ended integer := 0;
begin
  for v in
    update registry.panels p set ended_on = current_date
     where p.ended_on is null
       and (exists (select from registry.campaigns c
                      join answers.waves w on (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id)
                     where c.organisation_id = p.organisation_id and c.panel_id = p.id and c.wave = p.waves)
            or (select bool_and(c.status = 'closed' and c.closed_on < current_date - 730)
                  from registry.campaigns c
                 where c.organisation_id = p.organisation_id and c.panel_id = p.id))
    returning p.organisation_id, p.id
  loop
    delete from registry.panel_members m where m.organisation_id = v.organisation_id and m.panel_id = v.id;
    v_ended := v_ended + 1;
  end loop;
  return v_ended;
end $$;

-- ---------------------------------------------------------------- who may do what
do $$
declare
  t text;
begin
  foreach t in array array['registry.panels', 'registry.panel_members'] loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'create policy own_organisation on %s using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
-- Only what nobody could answer yet may be taken back.
create policy only_unused on registry.panels as restrictive for delete using (panel_key is null);
revoke all on all functions in schema ballots, registry from public;
grant select, insert, update (waves), delete on registry.panels to bostemme_registry;
grant select (organisation_id, id, panel_id, estate_id, dwelling) on registry.panel_members to bostemme_registry;
grant insert (member_id), select (member_id), update (member_id) on registry.invitations to bostemme_registry;
grant execute on function registry.take_panel_key, registry.carry_links, registry.end_panel to bostemme_registry;
grant execute on function ballots.visit to bostemme_phone;
grant execute on function ballots.keys, ballots.places, ballots.known_persons, ballots.mix, ballots.end_panels
  to bostemme_mixer;

-- migrate:down
-- Forward only: who took part in a sealed round is forgotten.
