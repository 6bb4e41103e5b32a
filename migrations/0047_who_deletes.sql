-- Answers are deleted by a job with a login of its own: the mixer's has neither the registry nor the answers, which the
-- check of published figures needs, and the office's deletes nothing.
-- migrate:up

set local lock_timeout = '10s';

do $$
begin
  begin
    create role bostemme_retention nologin;
  exception when duplicate_object or unique_violation then null;
  end;
  grant bostemme_retention to current_user;
  -- What needs no more than this role the mixer does at its daily look, as before.
  grant bostemme_retention to bostemme_mixer;
end $$;

revoke execute on function retention.held, retention.delete_contacts, retention.note_contact_key, retention.delete_invitations,
  retention.delete_answers, retention.delete_wave, retention.forget_not_asked, retention.forget_remarks,
  retention.keys_to_be_gone, retention.note_key_found from bostemme_mixer;
grant usage on schema retention to bostemme_retention;
grant select on public.schema_migrations to bostemme_retention;
grant execute on function retention.held, retention.delete_contacts, retention.note_contact_key, retention.delete_invitations,
  retention.delete_answers, retention.delete_wave, retention.forget_not_asked, retention.forget_remarks,
  retention.keys_to_be_gone, retention.note_key_found to bostemme_retention;

-- migrate:down
-- Forward only.
