-- What readers said of a draft lies in no order: rows stood as they came, those of one press of "send" side by side, each
-- written by the transaction after the one before. And a day and a language tied together what came on a day, or in a
-- language, of one reader.
-- migrate:up

set local lock_timeout = '10s';

-- Without `language` and `said_on`. `words`: a mark of the question's words in each language it had when it was read, the
-- same whatever language somebody reads; {} where it was changed between reading and sending.
create temporary table kept on commit drop as
select r.organisation_id, r.id, r.draft_id, r.entry_id,
       case when r.shown = '' then jsonb_build_object()
            else jsonb_build_object(r.language, left(encode(sha256(convert_to(r.shown, 'UTF8')), 'hex'), 16)) end as words,
       r.verdict, r.suggestion, r.outcome, r.answer
  from registry.remarks r;
-- A table anew, so that the old one leaves nothing on the disk.
-- squawk-ignore ban-drop-table
drop table registry.remarks;
create table registry.remarks (
  organisation_id uuid not null,
  id uuid not null default gen_random_uuid(),
  draft_id uuid not null,
  entry_id text not null check (length(entry_id) between 1 and 64),
  words jsonb not null,
  verdict text check (verdict in ('clear', 'unclear', 'uncomfortable', 'missing')),
  suggestion text check (length(suggestion) between 1 and 500),
  outcome text check (outcome in ('done', 'partly', 'not_done')),
  answer text check (length(answer) between 1 and 300),
  primary key (organisation_id, id),
  foreign key (organisation_id, draft_id) references registry.questionnaire_drafts (organisation_id, id),
  check (verdict is not null or suggestion is not null),
  check (outcome is null or (suggestion is not null and answer is not null))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50);
create index remarks_of_draft on registry.remarks (organisation_id, draft_id);
insert into registry.remarks (organisation_id, id, draft_id, entry_id, words, verdict, suggestion, outcome, answer)
select organisation_id, id, draft_id, entry_id, words, verdict, suggestion, outcome, answer
  from kept order by gen_random_uuid();

alter table registry.remarks enable row level security;
create policy own_organisation on registry.remarks
  using (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid);
-- By column: not where a row lies, nor which transaction wrote it.
grant select (organisation_id, id, draft_id, entry_id, words, verdict, suggestion, outcome, answer),
  update (outcome, answer) on registry.remarks to bostemme_registry;

-- kept | closed | full: so many remarks are more than a house can have, and a limit to what one link can fill. All that is
-- sent at once, in one statement that writes every remark of the draft anew in an order drawn by lot: they lie where
-- they fall, and one transaction has written them all. Who sends meanwhile, or answers a suggestion, waits.
-- squawk-ignore ban-drop-function
drop function ballots.remark(text, text, text, text, text, text);
create function ballots.remark(
  p_slug text, p_entries text[], p_words text[], p_verdicts text[], p_suggestions text[])
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  l registry.reading_links;
begin
  select k.* into l
    from registry.reading_links k
    join registry.questionnaire_drafts d on (d.organisation_id, d.id) = (k.organisation_id, k.draft_id)
   where k.slug = p_slug and k.active and current_date <= k.ends_on and not d.archived
     for update of k;
  if not found then
    return 'closed';
  end if;
  if (select count(*) from registry.remarks r
       where (r.organisation_id, r.draft_id) = (l.organisation_id, l.draft_id)) + cardinality(p_entries) > 5000 then
    return 'full';
  end if;
  with before as (
    delete from registry.remarks r where (r.organisation_id, r.draft_id) = (l.organisation_id, l.draft_id)
    returning r.id, r.entry_id, r.words, r.verdict, r.suggestion, r.outcome, r.answer),
  together as (
    select * from before
    union all
    select gen_random_uuid(), n.entry_id, n.words::jsonb, n.verdict, n.suggestion, null, null
      from unnest(p_entries, p_words, p_verdicts, p_suggestions) as n (entry_id, words, verdict, suggestion))
  insert into registry.remarks (organisation_id, id, draft_id, entry_id, words, verdict, suggestion, outcome, answer)
  select l.organisation_id, t.id, l.draft_id, t.entry_id, t.words, t.verdict, t.suggestion, t.outcome, t.answer
    from together t
   order by gen_random_uuid();
  return 'kept';
end $$;

-- Half a year after the last day of the link: by then it has been read what was said, and the round has been held.
create function retention.forget_remarks() returns bigint
language sql security definer set search_path = pg_catalog as $$
  with gone as (
    delete from registry.remarks r using registry.reading_links l
     where (l.organisation_id, l.draft_id) = (r.organisation_id, r.draft_id) and l.ends_on + 180 <= current_date
    returning r.organisation_id, r.draft_id),
  noted as (
    insert into registry.audit_log (organisation_id, action, entity, entity_id, details)
    select g.organisation_id, 'questionnaire.remarks_deleted', 'questionnaire', g.draft_id,
           jsonb_build_object('remarks', count(*))
      from gone g group by g.organisation_id, g.draft_id
    returning (details ->> 'remarks')::bigint as n)
  select coalesce(sum(n), 0)::bigint from noted
$$;

revoke all on function ballots.remark, retention.forget_remarks from public;
grant execute on function ballots.remark to bostemme_phone;
grant execute on function retention.forget_remarks to bostemme_mixer;

-- migrate:down
-- Forward only: what ties two remarks together does not come back.
