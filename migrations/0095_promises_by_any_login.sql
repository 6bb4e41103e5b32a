-- A closed round stays closed, and promised days stay, for every login of the office. Both hung on the name of the
-- role that asked: who broke into the console's server and did not take the role on came with the name of the login
-- (docs/production.md), could open a closed round, and have it counted and closed again. In the statement that closes a round the days
-- could be moved by everybody in the office.
-- migrate:up

set local lock_timeout = '10s';

-- Whoever has the office's rights, by whatever name, but for the owner of the tables and who can be the owner.
create function registry.asked_by_office(p_table oid) returns boolean
language sql stable set search_path = pg_catalog
as $$
  select pg_has_role(current_user, 'bostemme_registry', 'usage')
     and not pg_has_role(current_user, (select relowner from pg_class where oid = p_table), 'usage')
$$;

create or replace function registry.follow_status() returns trigger
language plpgsql set search_path = pg_catalog
as $$
begin
  if tg_op = 'INSERT' then
    if new.status = 'open' and registry.asked_by_office(tg_relid) then
      raise exception 'a round begins as a draft' using errcode = 'restrict_violation';
    end if;
    new.counted := new.status = 'closed'; -- taken in with its answers: there was never a box
    new.seen_closed := new.counted;
  elsif new.status <> old.status then
    if (old.status, new.status) not in (('draft', 'open'), ('open', 'closed'))
       and registry.asked_by_office(tg_relid) then
      raise exception 'a round is opened, and then closed' using errcode = 'restrict_violation';
    end if;
    new.counted := false;
    new.seen_closed := false;
    if new.status = 'open' then
      new.begun := new.begun or new.opens_on <= current_date;
    elsif new.status = 'closed' then
      -- Never a day before its first, whatever the clock says.
      new.closed_on := coalesce(new.closed_on, greatest(current_date, new.opens_on));
    end if;
  end if;
  return new;
end $$;

create or replace function retention.set_dates() returns trigger
language plpgsql set search_path = pg_catalog
as $$
declare
  v_day date := least(greatest(current_date, new.closed_on), current_date + 2);
begin
  if tg_op = 'UPDATE' then
    if old.status <> 'draft'
       and (new.contact_days, new.archive_years) is distinct from (old.contact_days, old.archive_years)
       and registry.asked_by_office(tg_relid) then -- in the statement that closes the round as well
      raise exception 'the dates of deletion are promised' using errcode = 'restrict_violation';
    end if;
  end if;
  if new.status = 'closed' and (tg_op = 'INSERT' or old.status <> 'closed') then
    new.contacts_due_on := v_day + new.contact_days;
    new.answers_due_on := (v_day + make_interval(years => new.archive_years))::date;
    new.answers_deleted_on := null;
  elsif registry.asked_by_office(tg_relid) then
    if tg_op = 'INSERT' then
      new.contacts_due_on := null;
      new.answers_due_on := null;
      new.answers_deleted_on := null;
    elsif (new.contacts_due_on, new.answers_due_on, new.answers_deleted_on)
          is distinct from (old.contacts_due_on, old.answers_due_on, old.answers_deleted_on) then
      raise exception 'the dates of deletion are promised' using errcode = 'restrict_violation';
    end if;
  end if;
  return new;
end $$;

-- migrate:down
-- Forward only.
