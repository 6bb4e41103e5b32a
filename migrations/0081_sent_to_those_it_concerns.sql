-- A frozen edition is sent to people by name: each has a link of their own that ends, can be taken back, and shows the
-- bytes that were frozen. Of their visits a count and a day are kept, no more.
-- migrate:up

set local lock_timeout = '10s';

-- `numbers`: which files of the edition. `token_hash`: keyed, the link itself is nowhere. `code_hash`: SHA-256 of what
-- opens the page beside the link; null where none is asked for.
create table loop.shares (
  organisation_id uuid not null,
  id uuid not null,
  edition_id uuid not null,
  recipient text not null check (length(recipient) between 1 and 120),
  language text not null check (language in ('nb', 'nn', 'en')),
  numbers integer[] not null check (cardinality(numbers) between 1 and 3000),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  code_hash bytea check (octet_length(code_hash) = 32),
  made_on date not null default current_date,
  made_by uuid,
  expires_on date not null,
  revoked_on date,
  opened integer not null default 0,
  opened_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, edition_id) references loop.editions (organisation_id, id),
  foreign key (organisation_id, made_by) references registry.staff (organisation_id, id),
  check (expires_on between made_on and made_on + 365)
);
create index shares_of_edition on loop.shares (organisation_id, edition_id);

-- What goes out by e-mail, address and link in it, sealed for the sender and gone once it is sent or given up.
create table delivery.shared_letters (
  organisation_id uuid not null,
  share_id uuid not null,
  public_key bytea not null check (octet_length(public_key) = 32),
  sealed bytea,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  since timestamptz not null default now(),
  not_before timestamptz not null default now(),
  tries integer not null default 0,
  primary key (organisation_id, share_id),
  foreign key (organisation_id, share_id) references loop.shares (organisation_id, id),
  check ((state = 'waiting') = (sealed is not null))
);

do $$
declare
  t text;
begin
  foreach t in array array['loop.shares', 'delivery.shared_letters'] loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'create policy own_organisation on %s using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;

-- What was taken back stays so.
create policy not_revoked on loop.shares as restrictive for update using (revoked_on is null) with check (true);
create policy only_waiting on delivery.shared_letters as restrictive for delete using (state = 'waiting');

grant select (organisation_id, id, edition_id, recipient, language, numbers, code_hash, made_on, made_by, expires_on,
  revoked_on, opened, opened_on) on loop.shares to bostemme_registry;
grant insert (organisation_id, id, edition_id, recipient, language, numbers, token_hash, code_hash, made_by, expires_on)
  on loop.shares to bostemme_registry;
grant update (revoked_on) on loop.shares to bostemme_registry;
grant select (organisation_id, share_id, state) on delivery.shared_letters to bostemme_registry;
grant insert (organisation_id, share_id, public_key, sealed) on delivery.shared_letters to bostemme_registry;
grant delete on delivery.shared_letters to bostemme_registry;

-- ---------------------------------------------------------------- the page of a link

-- The link behind a hash while it lives, and opens with this code. For the functions below alone.
create function loop.live_share(p_hash bytea, p_code bytea) returns setof loop.shares
language sql stable set search_path = pg_catalog as $$
  select s.* from loop.shares s
   where s.token_hash = p_hash and s.revoked_on is null and current_date <= s.expires_on
     and (s.code_hash is null or s.code_hash = sha256(p_code))
$$;

-- Before the code: whose it is, and whether one is asked for. Nothing for a link that is not, or no longer, one.
create function ballots.shared(p_hash bytea)
returns table (organisation_name text, fictitious boolean, language text, with_code boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select o.name, o.fictitious, s.language, s.code_hash is not null
    from loop.shares s
    join registry.organisations o on o.id = s.organisation_id
   where s.token_hash = p_hash and s.revoked_on is null and current_date <= s.expires_on
$$;

create function ballots.shared_edition(p_hash bytea, p_code bytea)
returns table (campaign_name text, recipient text, version integer, frozen_on date, wave text, reading text, erratum text,
  expires_on date)
language sql stable security definer set search_path = pg_catalog as $$
  select c.name, s.recipient, e.version, e.frozen_on, e.wave, e.reading, e.erratum, s.expires_on
    from loop.live_share(p_hash, p_code) s
    join loop.editions e on (e.organisation_id, e.id) = (s.organisation_id, s.edition_id) and e.state = 'ready'
    join registry.campaigns c on (c.organisation_id, c.id) = (e.organisation_id, e.campaign_id)
$$;

-- What was corrected since.
create function ballots.shared_newer(p_hash bytea, p_code bytea)
returns table (version integer, frozen_on date, erratum text)
language sql stable security definer set search_path = pg_catalog as $$
  select n.version, n.frozen_on, n.erratum
    from loop.live_share(p_hash, p_code) s
    join loop.editions e on (e.organisation_id, e.id) = (s.organisation_id, s.edition_id)
    join loop.editions n on (n.organisation_id, n.campaign_id) = (e.organisation_id, e.campaign_id)
     and n.version > e.version and n.state = 'ready'
   order by n.version desc
$$;

create function ballots.shared_files(p_hash bytea, p_code bytea)
returns table (number integer, document text, language text, about text, place_name text, content_hash bytea, bytes integer)
language sql stable security definer set search_path = pg_catalog as $$
  select f.number, f.document, f.language, f.about, f.place_name, f.content_hash, octet_length(f.body)
    from loop.live_share(p_hash, p_code) s
    join loop.edition_files f on (f.organisation_id, f.edition_id) = (s.organisation_id, s.edition_id)
     and f.number = any(s.numbers) and f.content_hash is not null
   order by f.number
$$;

create function ballots.shared_file(p_hash bytea, p_code bytea, p_number integer)
returns table (document text, language text, version integer, body bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select f.document, f.language, e.version, f.body
    from loop.live_share(p_hash, p_code) s
    join loop.editions e on (e.organisation_id, e.id) = (s.organisation_id, s.edition_id) and e.state = 'ready'
    join loop.edition_files f on (f.organisation_id, f.edition_id) = (s.organisation_id, s.edition_id)
   where f.number = p_number and f.number = any(s.numbers) and f.content_hash is not null
$$;

-- How often, and the last day: no time, no address.
create function ballots.note_shared_opened(p_hash bytea, p_code bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  update loop.shares s set opened = s.opened + 1, opened_on = current_date
    from loop.live_share(p_hash, p_code) l
   where (s.organisation_id, s.id) = (l.organisation_id, l.id)
$$;

-- ---------------------------------------------------------------- the sender

-- A key of the stock: the one that a round is to take last.
create function delivery.key_for_letters() returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select public_key from delivery.contact_keys
   where campaign_id is null and destroyed_on is null order by made_on, public_key desc limit 1
$$;

create function delivery.shared_letters_due()
returns table (share_id uuid, public_key bytea, sealed bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select l.share_id, l.public_key, l.sealed
    from delivery.shared_letters l
    join loop.shares s on (s.organisation_id, s.id) = (l.organisation_id, l.share_id)
   where l.state = 'waiting' and l.not_before <= now() and s.revoked_on is null and current_date <= s.expires_on
   order by l.since limit 100
$$;

-- `p_outcome`: sent, failed, or later: then after twice as long each time, an hour at most, and given up after three days.
create function delivery.note_shared_letter(p_share_id uuid, p_outcome text) returns void
language sql security definer set search_path = pg_catalog as $$
  update delivery.shared_letters l
     set state = case when p_outcome <> 'later' then p_outcome
                      when l.since < now() - interval '3 days' then 'failed' else 'waiting' end,
         sealed = case when p_outcome = 'later' and l.since >= now() - interval '3 days' then l.sealed end,
         tries = l.tries + 1,
         not_before = now() + least(interval '1 minute' * power(2, least(l.tries, 10)), interval '1 hour')
   where l.share_id = p_share_id and l.state = 'waiting'
$$;

revoke all on function loop.live_share, ballots.shared, ballots.shared_edition, ballots.shared_newer, ballots.shared_files,
  ballots.shared_file, ballots.note_shared_opened, delivery.key_for_letters, delivery.shared_letters_due,
  delivery.note_shared_letter from public;
grant execute on function ballots.shared, ballots.shared_edition, ballots.shared_newer, ballots.shared_files,
  ballots.shared_file, ballots.note_shared_opened to bostemme_phone;
grant execute on function delivery.key_for_letters to bostemme_registry;
grant execute on function delivery.shared_letters_due, delivery.note_shared_letter to bostemme_sender;

-- migrate:down
-- Forward only: links that were sent must go on leading somewhere, or nowhere.
