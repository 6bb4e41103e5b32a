-- What is deleted or overwritten is gone from the files, too.
-- migrate:up

set local lock_timeout = '10s';

-- PostgreSQL leaves what was deleted or overwritten on the disk. Its sweeping frees the room and does not overwrite it:
-- one copy of the files, made months after sealing, still told who had answered, who had said no, and in which batch an
-- answer had come. So such a table is written anew, as `cluster` does it, with its pieces (TOAST) and its indexes, and the
-- old files are removed.
--
-- A row here says that a table wants it. It is written by the transaction that deletes, so nothing comes between. The rows
-- of old transactions that somebody may still see are carried over, so it is done when all are over that could: those that
-- were under way when the mark was first looked at, and those that began before these were over (`taken`: how many such
-- lists were made, `under_way`: the last).
create table retention.to_write_anew (
  id uuid primary key default gen_random_uuid(),
  relation text not null,
  under_way text[] not null default '{}',
  taken bigint not null default 0
);
alter table retention.to_write_anew enable row level security;

create table retention.nights (night date not null);
alter table retention.nights enable row level security;

create function retention.mark(variadic p_relations text[]) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into retention.to_write_anew (relation) select distinct unnest(p_relations)
$$;

create function retention.mark_by_trigger() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform retention.mark(variadic tg_argv);
  return null;
end $$;

-- The round is closed: its drafts and what waited to be sent are deleted.
create trigger written_anew after update of seen_closed on registry.campaigns for each row
  when (new.seen_closed and not old.seen_closed)
  execute function retention.mark_by_trigger('ballots.drafts', 'delivery.queue', 'delivery.under_way');
-- It is sealed: who took part is forgotten.
create trigger written_anew after insert on answers.waves for each row
  execute function retention.mark_by_trigger('ballots.rights', 'ballots.box', 'ballots.drafts', 'ballots.receipts',
    'answers.responses', 'registry.invitations', 'delivery.contacts', 'delivery.queue', 'delivery.under_way');
create trigger contacts_written_anew after insert on retention.log for each row when (new.step = 'contacts')
  execute function retention.mark_by_trigger('delivery.contacts', 'delivery.links', 'delivery.printouts',
    'delivery.printout_files', 'delivery.queue', 'delivery.under_way');
create trigger invitations_written_anew after insert on retention.log for each row when (new.step = 'invitations')
  execute function retention.mark_by_trigger('registry.invitations', 'ballots.rights', 'delivery.contacts',
    'delivery.links', 'delivery.queue');
create trigger answers_written_anew after insert on retention.log for each row when (new.step in ('answers', 'wave'))
  execute function retention.mark_by_trigger('answers.responses', 'answers.waves', 'ballots.box', 'ballots.receipts');
create trigger written_anew after update of ended_on on registry.panels for each row
  when (new.ended_on is not null and old.ended_on is null)
  execute function retention.mark_by_trigger('registry.panel_members');

-- What is under way on this server, but for whoever asks.
create function retention.under_way() returns text[]
language sql volatile security definer set search_path = pg_catalog as $$
  select coalesce(array_agg(distinct coalesce(l.virtualxid, l.transactionid::text)), '{}')
    from pg_locks l
   where l.locktype in ('virtualxid', 'transactionid') and l.mode = 'ExclusiveLock' and l.granted
     and l.pid is distinct from pg_backend_pid()
$$;

create function retention.is_night(p_now timestamptz) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select extract(hour from p_now at time zone 'Europe/Oslo') between 2 and 4
$$;

-- Once a night, between two and five by Norwegian clocks: what tenants delete while a round is open, and lists of people.
-- Whether they did is not asked: nobody can see by it.
create function retention.mark_at_night(p_now timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_there timestamp := p_now at time zone 'Europe/Oslo';
begin
  if not retention.is_night(p_now)
     or exists (select from retention.nights n where n.night >= v_there::date) then
    return;
  end if;
  delete from retention.nights;
  insert into retention.nights (night) values (v_there::date);
  perform retention.mark('registry.not_asked', 'registry.remarks', 'delivery.printouts', 'delivery.printout_files');
  if exists (select from registry.campaigns c where c.status = 'open') then
    perform retention.mark('ballots.drafts', 'ballots.rights', 'ballots.box', 'ballots.receipts', 'delivery.queue',
                           'delivery.under_way', 'delivery.links');
  end if;
end $$;

-- While it is written nobody else can use a table: a second for 200,000 rights (35 MB), up to two for 60 MB of small rows.
-- One that is larger waits for the night, as long as somebody may be sending.
create function retention.can_be_held(p_relation text, p_now timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select retention.is_night(p_now) or coalesce(pg_total_relation_size(to_regclass(p_relation)), 0) < 64 * 1024 * 1024
      or not exists (select from registry.campaigns c where c.status = 'open')
$$;

-- The tables that are to be written anew now, in an order drawn by lot: one that is always held keeps no other waiting.
-- Not `ready`: older transactions are not over.
create function ballots.to_write_anew() returns table (relation text, ready boolean)
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
                group by a.relation order by gen_random_uuid();
end $$;

-- One of them, in a transaction that began after it was named. Whoever needs the table waits; if somebody else has it in
-- hand, we do not.
create function ballots.write_anew(p_relation text) returns void
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
  end if;
  delete from retention.to_write_anew a where a.id = any(v_ids);
end $$;

revoke all on function retention.mark, retention.mark_by_trigger, retention.under_way, retention.mark_at_night,
  retention.is_night, retention.can_be_held,
  ballots.to_write_anew, ballots.write_anew from public;
grant execute on function ballots.to_write_anew, ballots.write_anew to bostemme_mixer;

-- ---------------------------------------------------------------- statistics
-- `analyze` keeps up to a hundred values of a column, and keeps them when all rows are gone: whom a reminder went to, and
-- so who had not answered; whole answers, after they were deleted. Of these columns it keeps none.
do $$
declare
  v record;
begin
  for v in select a.attrelid::regclass as relation, a.attname
             from pg_attribute a
            where a.attnum > 0 and not a.attisdropped
              and (a.attrelid, a.attname) in (
                ('ballots.drafts'::regclass, 'draft_key'), ('ballots.drafts'::regclass, 'sealed'),
                ('ballots.box'::regclass, 'receipt_hash'), ('ballots.box'::regclass, 'sealed'),
                ('ballots.box'::regclass, 'copy'), ('ballots.receipts'::regclass, 'receipt_hash'),
                ('answers.responses'::regclass, 'answers'), ('answers.responses'::regclass, 'codes'),
                ('answers.responses'::regclass, 'person'), ('answers.waves'::regclass, 'parquet'),
                ('delivery.queue'::regclass, 'invitation_id'), ('delivery.queue'::regclass, 'id'),
                ('delivery.contacts'::regclass, 'invitation_id'), ('delivery.contacts'::regclass, 'sealed'),
                ('delivery.contacts'::regclass, 'known_by'), ('delivery.contacts'::regclass, 'mailboxes'),
                ('delivery.links'::regclass, 'sealed'), ('delivery.printout_files'::regclass, 'locked'),
                ('registry.not_asked'::regclass, 'dwelling'), ('registry.not_asked'::regclass, 'known_by'),
                ('registry.panel_members'::regclass, 'dwelling'), ('registry.panel_members'::regclass, 'token_hash'),
                ('registry.remarks'::regclass, 'suggestion'), ('registry.remarks'::regclass, 'words'))
  loop
    execute format('alter table %s alter column %I set statistics 0', v.relation, v.attname);
  end loop;
end $$;

-- ---------------------------------------------------------------- what is there
-- Drafts were sealed with the link alone; now with the server's secret as well, and what was sealed before is not read.
delete from ballots.drafts;
select retention.mark('ballots.drafts', 'ballots.rights', 'ballots.box', 'ballots.receipts', 'answers.responses',
  'answers.waves', 'registry.invitations', 'registry.not_asked', 'registry.panel_members', 'registry.remarks',
  'delivery.contacts', 'delivery.links', 'delivery.queue', 'delivery.under_way', 'delivery.printouts',
  'delivery.printout_files');

-- migrate:down
-- Forward only.
