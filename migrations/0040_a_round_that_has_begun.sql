-- A clock that is put back, or was a day ahead, does not take back that a round has begun: tenants who could answer go
-- on answering, and the console does not call it one that opens soon.
-- migrate:up

set local lock_timeout = '10s';

-- Noted by the mixer and at opening, never by who answers: it says nothing about them.
alter table registry.campaigns add column begun boolean not null default false;
update registry.campaigns set begun = true where status = 'open' and opens_on <= current_date;

-- The day by which a round goes: that of the clock, but never before its first once it has begun.
create function registry.day_of(c registry.campaigns) returns date
language sql stable as $$
  select case when c.begun then greatest(current_date, c.opens_on) else current_date end
$$;

-- Note which rounds have begun; how many of these the clock has before their first day.
create function ballots.note_begun() returns integer
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update registry.campaigns set begun = true where status = 'open' and not begun and opens_on <= current_date;
  return (select count(*) from registry.campaigns where status = 'open' and begun and current_date < opens_on);
end $$;

-- All that the tenants' side asks of the day, it asks of the round from here on.
do $$
declare
  f text;
  v_changed integer := 0;
begin
  for f in select pg_get_functiondef(p.oid) from pg_proc p
            where p.pronamespace = 'ballots'::regnamespace and p.prokind = 'f'
              and p.prosrc ~ 'current_date (not )?between c\.opens_on|c\.results_on, current_date' loop
    f := regexp_replace(f, 'current_date( not)? between c\.opens_on', 'registry.day_of(c)\1 between c.opens_on', 'g');
    execute replace(f, 'c.results_on, current_date', 'c.results_on, registry.day_of(c)');
    v_changed := v_changed + 1;
  end loop;
  if v_changed <> 9 then
    raise exception '% functions ask for the day', v_changed;
  end if;
end $$;

revoke all on function registry.day_of, ballots.note_begun from public;
grant execute on function registry.day_of to bostemme_registry;
grant execute on function ballots.note_begun to bostemme_mixer;

-- migrate:down
-- Forward only: what has begun has begun.
