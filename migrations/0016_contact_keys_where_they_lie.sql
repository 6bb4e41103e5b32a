-- migrate:up

set local lock_timeout = '10s';

-- Contact keys lie with the sender, who may be another user than the mixer. The mixer deletes the rows of a round whose
-- day has come; the key is destroyed by whoever has it, and the log of the round says so either way.
create or replace function delivery.discarded_contact_keys() returns setof bytea
language sql stable security definer set search_path = pg_catalog as $$
  select public_key from delivery.contact_keys where discarded and destroyed_on is null
  union all
  select k.public_key
    from delivery.contact_keys k
    join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
   where k.destroyed_on is null and c.status = 'closed' and c.contacts_due_on <= current_date
     and retention.count_contacts(c.id) = 0
$$;

create or replace function delivery.note_contact_key_destroyed(p_public_key bytea) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
begin
  update delivery.contact_keys set destroyed_on = current_date
   where public_key = p_public_key and destroyed_on is null
  returning organisation_id, campaign_id into v;
  if v.campaign_id is not null then
    insert into retention.log (organisation_id, campaign_id, step, counts)
    values (v.organisation_id, v.campaign_id, 'contact_key', '{"keys": 1}');
  end if;
end $$;

grant select on public.schema_migrations to bostemme_sender;

-- migrate:down
-- Forward only: a destroyed key does not come back.
