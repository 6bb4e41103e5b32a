-- name: drafts()
-- Every draft of the organisation, what was changed last first.
select d.id, d.name, d.revision, d.archived, d.changed_at, s.name as changed_by, d.document::text as document, d.based_on
  from registry.questionnaire_drafts d
  left join registry.staff s on (s.organisation_id, s.id) = (d.organisation_id, d.changed_by)
 order by d.archived, d.changed_at desc, d.id;

-- name: draft(id)^
select d.id, d.name, d.revision, d.archived, d.changed_at, s.name as changed_by, d.document::text as document, d.based_on
  from registry.questionnaire_drafts d
  left join registry.staff s on (s.organisation_id, s.id) = (d.organisation_id, d.changed_by)
 where d.id = :id;

-- name: lock_draft(id)^
-- Nobody else changes it until the transaction ends.
select id, name, revision, document::text as document from registry.questionnaire_drafts where id = :id for update;

-- name: count_drafts()$
select count(*)::integer from registry.questionnaire_drafts;

-- name: add_draft(organisation_id, name, document, based_on, copied_draft, staff_id)$
insert into registry.questionnaire_drafts
  (organisation_id, name, document, based_on, copied_draft, copied_version, changed_by)
values (:organisation_id, :name, cast(cast(:document as text) as jsonb), :based_on, :copied_draft,
        case when cast(:copied_draft as uuid) is null then cast(:based_on as uuid) end, :staff_id)
returning id;

-- name: add_frozen(organisation_id, version_id, draft_id)!
insert into registry.frozen_drafts (organisation_id, version_id, draft_id)
values (:organisation_id, :version_id, :draft_id)
on conflict do nothing;

-- name: change_draft(id, name, document, staff_id)$
update registry.questionnaire_drafts
   set name = :name, document = cast(cast(:document as text) as jsonb), revision = revision + 1,
       changed_by = :staff_id, changed_at = clock_timestamp()
 where id = :id
returning revision;

-- name: base_draft(id, based_on)!
-- Its first frozen version, or a later one: what the next changes are compared with.
update registry.questionnaire_drafts set based_on = :based_on where id = :id;

-- name: archive_draft(id, archived, staff_id)!
update registry.questionnaire_drafts
   set archived = :archived, changed_by = :staff_id, changed_at = clock_timestamp()
 where id = :id;

-- name: add_step(organisation_id, draft_id, number, document, action, about, staff_id)!
insert into registry.questionnaire_steps (organisation_id, draft_id, number, document, action, about, staff_id, at)
values (:organisation_id, :draft_id, :number, cast(cast(:document as text) as jsonb), :action, :about, :staff_id, clock_timestamp());

-- name: drop_undone(draft_id)!
-- Steps that were taken back are gone once something else is done.
delete from registry.questionnaire_steps where draft_id = :draft_id and undone;

-- name: drop_old_steps(draft_id, kept)!
delete from registry.questionnaire_steps s
 where s.draft_id = :draft_id
   and s.number <= (select max(t.number) from registry.questionnaire_steps t where t.draft_id = :draft_id) - :kept;

-- name: next_number(draft_id)$
select coalesce(max(number), 0) + 1 from registry.questionnaire_steps where draft_id = :draft_id;

-- name: last_step(draft_id)^
-- The one that would be taken back.
select t.number, t.action, t.about, t.at, s.name as staff_name, t.document::text as document
  from registry.questionnaire_steps t
  left join registry.staff s on (s.organisation_id, s.id) = (t.organisation_id, t.staff_id)
 where t.draft_id = :draft_id and not t.undone
 order by t.number desc limit 1;

-- name: undone_step(draft_id)^
-- The one that would be done again.
select t.number, t.action, t.about, t.at, s.name as staff_name, t.document::text as document
  from registry.questionnaire_steps t
  left join registry.staff s on (s.organisation_id, s.id) = (t.organisation_id, t.staff_id)
 where t.draft_id = :draft_id and t.undone
 order by t.number limit 1;

-- name: turn_step(draft_id, number, document, undone)!
update registry.questionnaire_steps
   set document = cast(cast(:document as text) as jsonb), undone = :undone
 where draft_id = :draft_id and number = :number;

-- name: versions()
-- Every frozen version with the newest round that asked it: what a draft can begin as a copy of.
select v.id, v.questionnaire_id, v.version, v.document::text as document, c.name as round
  from registry.questionnaire_versions v
  join lateral (select c.name, c.closes_on from registry.campaigns c
                 where (c.organisation_id, c.questionnaire_version_id) = (v.organisation_id, v.id)
                 order by c.closes_on desc, c.id limit 1) c on true
 order by c.closes_on desc, v.id
 limit 50;

-- name: version(id)^
select v.id, v.questionnaire_id, v.version, v.document::text as document
  from registry.questionnaire_versions v where v.id = :id;

-- name: rounds_of(draft_id)
-- The rounds that asked a version of this draft, or of what it was made from, newest first.
with recursive made(draft_id, until) as (
  select cast(:draft_id as uuid), null::timestamptz
  union
  select next.id, least(made.until, d.made_at)
    from made
    join registry.questionnaire_drafts d on d.id = made.draft_id
    cross join lateral (
      select d.copied_draft as id where d.copied_draft is not null
      union all
      select f.draft_id from registry.frozen_drafts f where f.version_id = d.copied_version) next
)
select c.id, c.name, c.status, v.version
  from registry.campaigns c
  join registry.questionnaire_versions v
    on (v.organisation_id, v.id) = (c.organisation_id, c.questionnaire_version_id)
 where v.id in (select f.version_id from registry.frozen_drafts f join made on made.draft_id = f.draft_id)
    or v.id in (select d.copied_version from registry.questionnaire_drafts d join made on made.draft_id = d.id)
 order by c.opens_on desc, c.id
 limit 20;

-- name: drafts_from(content_hash)
-- The drafts that a version was frozen from, and those that were made from them or from what was frozen of them.
with recursive made(draft_id) as (
  select f.draft_id
    from registry.frozen_drafts f join registry.questionnaire_versions v on v.id = f.version_id
   where v.content_hash = :content_hash
  union
  select d.id
    from made
    join registry.questionnaire_drafts d
      on d.copied_draft = made.draft_id
      or d.copied_version in (select f.version_id from registry.frozen_drafts f where f.draft_id = made.draft_id)
)
select draft_id as id from made
union
select d.id
  from registry.questionnaire_drafts d join registry.questionnaire_versions v on v.id = d.copied_version
 where v.content_hash = :content_hash;

-- name: versions_called(questionnaire_id)
select id, version, document::text as document from registry.questionnaire_versions
 where questionnaire_id = :questionnaire_id;

-- name: reading_link(draft_id)^
select slug, active, ends_on, active and current_date <= ends_on as open, current_date as today
  from registry.reading_links where draft_id = :draft_id;

-- name: put_reading_link(organisation_id, draft_id, slug, ends_on)!
-- One that was switched off, or has ended, is never the same address again.
insert into registry.reading_links (organisation_id, draft_id, slug, ends_on)
values (:organisation_id, :draft_id, :slug, :ends_on)
on conflict (organisation_id, draft_id) do update
   set slug = case when reading_links.active and current_date <= reading_links.ends_on then reading_links.slug
                   else excluded.slug end,
       active = true, ends_on = excluded.ends_on;

-- name: stop_reading_link(draft_id)!
update registry.reading_links set active = false, ends_on = least(ends_on, current_date) where draft_id = :draft_id;

-- name: day_now()$
select current_date;

-- name: remarks(draft_id)
-- All that was said of a draft, in an order that was drawn when it was said and stays.
select id, entry_id, words, verdict, suggestion, outcome, answer
  from registry.remarks where draft_id = :draft_id
 order by id;

-- name: hold_remarks(draft_id)!
-- Until the transaction ends nobody writes the remarks of this draft anew.
select from registry.reading_links where draft_id = :draft_id for update;

-- name: answer_remark(draft_id, id, outcome, answer)!
update registry.remarks set outcome = :outcome, answer = :answer
 where draft_id = :draft_id and id = :id and suggestion is not null;

-- name: read_draft(slug)^
-- Role phone: what a link to a draft shows; no document when it is closed.
select organisation_name, fictitious, document::text as document from ballots.read_draft(:slug);

-- name: remarks_answered(slug)
-- Role phone: what became of suggestions.
select entry_id, outcome, answer from ballots.remarks_answered(:slug) order by entry_id, outcome, answer;

-- name: remark(slug, entries, words, verdicts, suggestions)$
-- Role phone: kept, closed or full.
select ballots.remark(:slug, :entries, :words, :verdicts, :suggestions);

-- name: add_signoff(organisation_id, draft_id, questionnaire_id, version, content, council, person, staff_id)!
insert into registry.signoffs (organisation_id, draft_id, questionnaire_id, version, content, council, person, staff_id)
values (:organisation_id, :draft_id, :questionnaire_id, :version, :content, :council, :person, :staff_id);

-- name: signoffs_of_draft(draft_id)
-- Those given to the draft, and to what it was made from before it was made; the newest first.
with recursive made(draft_id, until) as (
  select cast(:draft_id as uuid), null::timestamptz
  union
  select next.id, least(made.until, d.made_at)
    from made
    join registry.questionnaire_drafts d on d.id = made.draft_id
    cross join lateral (
      select d.copied_draft as id where d.copied_draft is not null
      union all
      select f.draft_id from registry.frozen_drafts f where f.version_id = d.copied_version) next
)
select s.version, s.content, s.council, s.person, s.signed_on
  from registry.signoffs s
 where exists (select from made
                where made.draft_id = s.draft_id and (made.until is null or s.recorded_at <= made.until))
 order by s.recorded_at desc, s.id;

-- name: signoffs_of_version(content_hash, content)
-- Those given to a draft that the version was frozen from, or to what that was made from, and those given to
-- the very content, whichever draft had it; the newest first.
with recursive made(draft_id, until) as (
  select f.draft_id, null::timestamptz
    from registry.frozen_drafts f join registry.questionnaire_versions v on v.id = f.version_id
   where v.content_hash = :content_hash
  union
  select next.id, least(made.until, d.made_at)
    from made
    join registry.questionnaire_drafts d on d.id = made.draft_id
    cross join lateral (
      select d.copied_draft as id where d.copied_draft is not null
      union all
      select f.draft_id from registry.frozen_drafts f where f.version_id = d.copied_version) next
)
select s.version, s.content, s.council, s.person, s.signed_on
  from registry.signoffs s
 where s.content = :content
    or exists (select from made
                where made.draft_id = s.draft_id and (made.until is null or s.recorded_at <= made.until))
 order by s.recorded_at desc, s.id;
