-- No key of a round is called destroyed while a round holds it or ballots wait under it.
-- migrate:up

set local lock_timeout = '10s';

-- The mark of the folder that keys are made in, and to ten minutes when its mixer last looked: no finer, since how long a
-- look takes says whether there was anything to do.
create table registry.key_folder (
  only_one boolean primary key default true check (only_one),
  mark uuid not null,
  seen timestamptz not null
);
alter table registry.key_folder enable row level security;

-- Mine; taken over, since the other's has been silent for twenty minutes or is given up (`p_adopt`); or another's.
create function ballots.claim_folder(p_mark uuid, p_adopt boolean, out outcome text, out in_use uuid)
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_now timestamptz := date_bin('10 minutes', clock_timestamp(), 'epoch');
  v record;
begin
  insert into registry.key_folder (mark, seen) values (p_mark, v_now) on conflict do nothing;
  select f.mark, f.seen into v from registry.key_folder f;
  in_use := v.mark;
  if v.mark = p_mark then
    outcome := 'mine';
    if v.seen <> v_now then
      update registry.key_folder f set seen = v_now where f.mark = p_mark;
    end if;
  elsif p_adopt or v.seen < v_now - interval '20 minutes' then
    update registry.key_folder f set mark = p_mark, seen = v_now where f.mark = v.mark and f.seen = v.seen;
    outcome := case when found then 'taken_over' else 'another' end;
  else
    outcome := 'another';
  end if;
end $$;

-- A key of the stock that is not to be taken any more. Did a round take it meanwhile, it stays: whoever takes it holds its
-- row until the round is open, and the row is looked at anew then.
create function ballots.drop_stock(p_public_key bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update registry.ballot_keys k set destroyed_on = current_date
   where k.public_key = p_public_key and k.destroyed_on is null and k.campaign_id is null and k.panel_id is null;
  return found;
end $$;

-- A key whose work is done, as `ballots.keys` says: sealed, and nothing waits.
create function ballots.note_spent(p_public_key bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update registry.ballot_keys k set destroyed_on = current_date
   where k.public_key = p_public_key and k.destroyed_on is null
     and exists (select from ballots.keys() a where a.public_key = p_public_key and a.sealed and a.waiting = 0);
  return found;
end $$;

-- A panel's lost key is given up: its waves are no longer linked, and no ballot is lost by it.
create function ballots.link_no_more(p_public_key bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  update registry.ballot_keys k set destroyed_on = current_date
   where k.public_key = p_public_key and k.destroyed_on is null and k.panel_id is not null
$$;

revoke all on function ballots.claim_folder, ballots.drop_stock, ballots.note_spent, ballots.link_no_more from public;
grant execute on function ballots.claim_folder, ballots.drop_stock, ballots.note_spent, ballots.link_no_more
  to bostemme_mixer;
-- squawk-ignore ban-drop-function
drop function ballots.note_destroyed(bytea);

-- migrate:down
-- Forward only.
