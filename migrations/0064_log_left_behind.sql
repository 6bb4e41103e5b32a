-- What was deleted is left behind in the write-ahead log as well.
-- migrate:up

-- The file of the log that is being written holds what was deleted, until it is full: in a quiet house that is months. So
-- when all tables are written anew a new one is begun, and PostgreSQL removes the old at its next checkpoint, where it is
-- told not to use it anew (`wal_recycle`). Marked like a table, as 'pg_wal', and the last to be done.
create or replace function retention.mark(variadic p_relations text[]) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into retention.to_write_anew (relation) select distinct unnest(p_relations || 'pg_wal'::text)
$$;

-- As in 0063.
create or replace function ballots.to_write_anew() returns table (relation text, ready boolean)
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_under_way text[];
begin
  perform retention.mark_at_night(clock_timestamp());
  if not exists (select from retention.to_write_anew) then
    return;
  end if;
  v_under_way := retention.under_way();
  for i in 1 .. 2 loop
    update retention.to_write_anew a set taken = a.taken + 1, under_way = v_under_way
     where a.taken = i - 1 and not a.under_way && v_under_way;
  end loop;
  return query select a.relation, bool_or(a.taken = 2 and not a.under_way && v_under_way)
                 from retention.to_write_anew a
                where retention.can_be_held(a.relation, clock_timestamp())
                  and (a.relation <> 'pg_wal'
                       or not exists (select from retention.to_write_anew o where o.relation <> 'pg_wal'))
                group by a.relation order by gen_random_uuid();
end $$;

-- Where the owner may not begin a new file of the log (docs/production.md grants it) the old is written on.
create or replace function ballots.write_anew(p_relation text) returns void
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
declare
  v_ids uuid[];
  v_table regclass;
  v_index name;
begin
  select array_agg(a.id), to_regclass(min(a.relation)) into v_ids, v_table from retention.to_write_anew a
   where a.relation = p_relation and a.taken = 2 and not a.under_way && retention.under_way();
  if v_table is not null then
    select c.relname into v_index from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = v_table and i.indisprimary;
    execute format('cluster %s using %I', v_table, v_index);
  elsif p_relation = 'pg_wal' and v_ids is not null and has_function_privilege('pg_switch_wal()', 'execute') then
    perform pg_switch_wal();
  end if;
  delete from retention.to_write_anew a where a.id = any(v_ids);
end $$;

-- What 0063 marked may be written anew already.
select retention.mark('ballots.drafts');

-- migrate:down
-- Forward only.
