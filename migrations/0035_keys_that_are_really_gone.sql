-- migrate:up

set local lock_timeout = '10s';

-- A contact key is destroyed when its file is gone, and only whoever destroyed the file may say so: the log tells who.
alter table retention.log add column done_by text check (done_by in ('mixer', 'sender'));
-- squawk-ignore ban-drop-constraint
alter table retention.log drop constraint log_step_check;
alter table retention.log add constraint log_step_check
  check (step in ('too_few', 'ballot_key', 'contacts', 'contact_key', 'contact_key_found', 'invitations', 'answers', 'wave'))
  not valid;
-- squawk-ignore constraint-missing-not-valid
alter table retention.log validate constraint log_step_check;

create or replace function retention.note_contact_key(p_campaign_id uuid, p_public_key bytea) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
begin
  select organisation_id into v_organisation from registry.campaigns
   where id = p_campaign_id and status = 'closed' and contacts_due_on <= current_date for update;
  if not found or not p_public_key = any(retention.contact_keys(p_campaign_id)) then
    return null;
  end if;
  update delivery.contact_keys set destroyed_on = current_date where public_key = p_public_key and destroyed_on is null;
  insert into retention.log (organisation_id, campaign_id, step, counts, done_by)
  values (v_organisation, p_campaign_id, 'contact_key', '{"keys": 1}', 'mixer');
  return '{"keys": 1}';
end $$;

create or replace function delivery.note_contact_key_destroyed(p_public_key bytea) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  update delivery.contact_keys set destroyed_on = current_date
   where public_key = p_public_key and destroyed_on is null
  returning organisation_id, campaign_id into v;
  if v.campaign_id is not null then
    insert into retention.log (organisation_id, campaign_id, step, counts, done_by)
    values (v.organisation_id, v.campaign_id, 'contact_key', '{"keys": 1}', 'sender');
  end if;
end $$;

-- Of the keys that lie in a folder, those that are said to be destroyed: brought back by an old backup, or never gone.
create function retention.keys_to_be_gone(p_here bytea[]) returns setof bytea
language sql stable security definer set search_path = pg_catalog as $$
  select public_key from delivery.contact_keys where destroyed_on is not null and public_key = any(p_here)
$$;

-- Such a key is destroyed now, too, and the round's log says so.
create function retention.note_key_found(p_public_key bytea, p_by text) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into retention.log (organisation_id, campaign_id, step, counts, done_by)
  select organisation_id, campaign_id, 'contact_key_found', '{"keys": 1}', p_by from delivery.contact_keys
   where public_key = p_public_key and destroyed_on is not null and campaign_id is not null
$$;

revoke all on function retention.keys_to_be_gone, retention.note_key_found from public;
grant usage on schema retention to bostemme_sender;
grant execute on function retention.keys_to_be_gone, retention.note_key_found to bostemme_mixer, bostemme_sender;

-- migrate:down
-- Forward only: what the log says was said.
