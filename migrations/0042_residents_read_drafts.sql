-- A draft of a questionnaire is shown to residents by a link; what they say of each question is kept beside it, and of
-- them nothing: no name, no address, no time of day, and nothing that ties two remarks together.
-- migrate:up

set local lock_timeout = '10s';

create table registry.reading_links (
  organisation_id uuid not null,
  draft_id uuid not null,
  slug text not null unique check (slug ~ '^[0-9a-z]{16}$'),
  active boolean not null default true,
  ends_on date not null,
  primary key (organisation_id, draft_id),
  foreign key (organisation_id, draft_id) references registry.questionnaire_drafts (organisation_id, id)
);

-- `shown`: the question as it was read, '' where it was changed between reading and sending.
create table registry.remarks (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  draft_id uuid not null,
  entry_id text not null check (length(entry_id) between 1 and 64),
  language text not null,
  shown text not null,
  verdict text check (verdict in ('clear', 'unclear', 'uncomfortable', 'missing')),
  suggestion text check (length(suggestion) between 1 and 500),
  said_on date not null default current_date,
  outcome text check (outcome in ('done', 'partly', 'not_done')),
  answer text check (length(answer) between 1 and 300),
  primary key (organisation_id, id),
  foreign key (organisation_id, draft_id) references registry.questionnaire_drafts (organisation_id, id),
  check (verdict is not null or suggestion is not null),
  check (outcome is null or (suggestion is not null and answer is not null))
);
create index remarks_of_draft on registry.remarks (organisation_id, draft_id);

do $$
declare
  t text;
begin
  foreach t in array array['registry.reading_links', 'registry.remarks'] loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'create policy own_organisation on %s using (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)'
      ' with check (organisation_id = nullif(current_setting(''bostemme.organisation_id'', true), '''')::uuid)', t);
  end loop;
end $$;
grant select, insert on registry.reading_links to bostemme_registry;
grant update (slug, active, ends_on) on registry.reading_links to bostemme_registry;
grant select on registry.remarks to bostemme_registry;
grant update (outcome, answer) on registry.remarks to bostemme_registry;

-- What this link shows; no document once it was switched off, is past its last day, or the draft was put away.
create function ballots.read_draft(p_slug text)
returns table (organisation_name text, fictitious boolean, document jsonb)
language sql stable security definer set search_path = pg_catalog as $$
  select o.name, o.fictitious,
         case when l.active and current_date <= l.ends_on and not d.archived then d.document end
    from registry.reading_links l
    join registry.questionnaire_drafts d on (d.organisation_id, d.id) = (l.organisation_id, l.draft_id)
    join registry.organisations o on o.id = l.organisation_id
   where l.slug = p_slug
$$;

-- What became of suggestions, as the office worded it; not the suggestions, which may name somebody.
create function ballots.remarks_answered(p_slug text) returns table (entry_id text, outcome text, answer text)
language sql stable security definer set search_path = pg_catalog as $$
  select r.entry_id, r.outcome, r.answer
    from registry.reading_links l
    join registry.remarks r on (r.organisation_id, r.draft_id) = (l.organisation_id, l.draft_id)
   where l.slug = p_slug and r.outcome is not null
   group by r.entry_id, r.outcome, r.answer
$$;

-- kept | closed | full: 20,000 remarks are more than a house can have, and a limit to what one link can fill.
create function ballots.remark(
  p_slug text, p_entry text, p_language text, p_shown text, p_verdict text, p_suggestion text)
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  l registry.reading_links;
begin
  select k.* into l
    from registry.reading_links k
    join registry.questionnaire_drafts d on (d.organisation_id, d.id) = (k.organisation_id, k.draft_id)
   where k.slug = p_slug and k.active and current_date <= k.ends_on and not d.archived;
  if not found then
    return 'closed';
  end if;
  if (select count(*) from registry.remarks r
       where (r.organisation_id, r.draft_id) = (l.organisation_id, l.draft_id)) >= 20000 then
    return 'full';
  end if;
  insert into registry.remarks (organisation_id, draft_id, entry_id, language, shown, verdict, suggestion)
  values (l.organisation_id, l.draft_id, p_entry, p_language, p_shown, p_verdict, p_suggestion);
  return 'kept';
end $$;

revoke all on function ballots.read_draft, ballots.remarks_answered, ballots.remark from public;
grant execute on function ballots.read_draft, ballots.remarks_answered, ballots.remark to bostemme_phone;

-- migrate:down
-- Forward only: what residents said would be lost.
