-- A version of a questionnaire is as it was written, and a round that was opened keeps its own.
-- migrate:up
create trigger versions_for_good before update or delete on registry.questionnaire_versions
  for each row execute function retention.refuse();
create trigger versions_as_a_whole before truncate on registry.questionnaire_versions
  for each statement execute function retention.refuse();

-- Answers are read with the version they were given to: another one would give every code another meaning.
create function registry.refuse_another_version() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  raise exception 'a round that was opened keeps its questionnaire' using errcode = 'restrict_violation';
end $$;
revoke all on function registry.refuse_another_version() from public;
create trigger version_is_frozen before update of questionnaire_version_id, status on registry.campaigns
  for each row when (old.status <> 'draft'
    and (new.questionnaire_version_id <> old.questionnaire_version_id or new.status = 'draft'))
  execute function registry.refuse_another_version();

-- migrate:down
-- Forward only: what was asked must stay what it was.
