-- The day a panel's key is destroyed stands in the log of each of its rounds, as that of a round's own key does.
-- migrate:up

set local lock_timeout = '10s';

-- squawk-ignore ban-drop-constraint
alter table retention.log drop constraint log_step_check;
alter table retention.log add constraint log_step_check
  check (step in ('lost', 'too_few', 'ballot_key', 'panel_key', 'contacts', 'contact_key', 'contact_key_found', 'invitations',
                  'answers', 'wave'))
  not valid;
-- squawk-ignore constraint-missing-not-valid
alter table retention.log validate constraint log_step_check;

create function retention.note_panel_key() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into retention.log (organisation_id, campaign_id, step, counts)
  select c.organisation_id, c.id, 'panel_key', '{}'
    from registry.campaigns c
   where c.organisation_id = new.organisation_id and c.panel_id = new.panel_id and c.status <> 'draft';
  return null;
end $$;
revoke all on function retention.note_panel_key from public;
create trigger note_panel_key after update of destroyed_on on registry.ballot_keys
  for each row when (old.destroyed_on is null and new.destroyed_on is not null and new.panel_id is not null)
  execute function retention.note_panel_key();

insert into retention.log (organisation_id, campaign_id, step, counts, done_on)
select c.organisation_id, c.id, 'panel_key', '{}', k.destroyed_on
  from registry.ballot_keys k
  join registry.campaigns c on (c.organisation_id, c.panel_id) = (k.organisation_id, k.panel_id)
 where k.destroyed_on is not null and c.status <> 'draft';

-- migrate:down
-- Forward only: what was destroyed was told.
