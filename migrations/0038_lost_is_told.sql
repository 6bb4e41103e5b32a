-- What was lost with a key is told to the office, not only to who holds a receipt.
-- migrate:up

set local lock_timeout = '10s';

-- squawk-ignore ban-drop-constraint
alter table retention.log drop constraint log_step_check;
alter table retention.log add constraint log_step_check
  check (step in ('lost', 'too_few', 'ballot_key', 'contacts', 'contact_key', 'contact_key_found', 'invitations', 'answers',
                  'wave'))
  not valid;
-- squawk-ignore constraint-missing-not-valid
alter table retention.log validate constraint log_step_check;

-- How many only when the round is closed and they were five or more: a number in an open round would be a count of it.
create or replace function ballots.give_up(p_public_key bytea) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_gone integer;
  v record;
begin
  select c.organisation_id, c.id, c.status into v
    from registry.ballot_keys k
    join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
   where k.public_key = p_public_key;
  with gone as (delete from ballots.box where public_key = p_public_key returning receipt_hash, campaign_id)
  insert into ballots.receipts (receipt_hash, campaign_id, state)
  select receipt_hash, campaign_id, 'lost' from gone order by gen_random_uuid();
  get diagnostics v_gone = row_count;
  if v_gone > 0 and v.id is not null then
    insert into retention.log (organisation_id, campaign_id, step, counts)
    values (v.organisation_id, v.id, 'lost',
            case when v.status = 'closed' and v_gone >= 5 then jsonb_build_object('n', v_gone) else '{}'::jsonb end);
  end if;
  return v_gone;
end $$;

-- migrate:down
-- Forward only: what was lost was told.
