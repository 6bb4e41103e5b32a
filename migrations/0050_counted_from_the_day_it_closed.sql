-- The days of deletion are counted from the day on which a round is said to have closed, also where the
-- database's clock is behind it.
-- migrate:up

set local lock_timeout = '10s';

-- As in 0009, but for `v_day`: a round closes no earlier than it opened, so with a clock put back it closes on
-- a day that the clock has not reached. Two days at most: a console that writes another closing day moves no
-- promise by it.
create or replace function retention.set_dates() returns trigger
language plpgsql set search_path = pg_catalog as $$
declare
  v_day date := least(greatest(current_date, new.closed_on), current_date + 2);
begin
  if new.status = 'closed' and (tg_op = 'INSERT' or old.status <> 'closed') then
    new.contacts_due_on := v_day + new.contact_days;
    new.answers_due_on := (v_day + make_interval(years => new.archive_years))::date;
    new.answers_deleted_on := null;
  elsif current_user = 'bostemme_registry' then
    if tg_op = 'INSERT' then
      new.contacts_due_on := null;
      new.answers_due_on := null;
      new.answers_deleted_on := null;
    elsif (new.contacts_due_on, new.answers_due_on, new.answers_deleted_on)
          is distinct from (old.contacts_due_on, old.answers_due_on, old.answers_deleted_on)
       or (old.status <> 'draft'
           and (new.contact_days, new.archive_years) is distinct from (old.contact_days, old.archive_years)) then
      raise exception 'the dates of deletion are promised' using errcode = 'restrict_violation';
    end if;
  end if;
  return new;
end $$;

-- migrate:down
-- Forward only.
