-- Groups of five pseudonyms stay groups of five when a wave's answers are deleted while its panel goes on.
-- migrate:up

set local lock_timeout = '10s';

-- In which waves a pseudonym was, of waves whose answers are deleted: without it the mixer took those who had come in the
-- first wave for newcomers of the second, and parted groups that an older dump still tells apart. No answer stands here,
-- and nothing is left of it when the panel is over.
create table ballots.panel_waves (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  panel_id uuid not null,
  wave integer not null,
  estate_id uuid not null,
  person bytea not null check (octet_length(person) = 16),
  foreign key (organisation_id, panel_id) references registry.panels (organisation_id, id) on delete cascade
);
create index panel_waves_by_panel on ballots.panel_waves (organisation_id, panel_id, estate_id);
alter table ballots.panel_waves enable row level security;
alter table ballots.panel_waves alter column person set statistics 0;

-- As in 0048, and of a wave whose panel goes on it keeps who was in it; and how large the round's batches were goes, too.
create or replace function retention.delete_answers(p_campaign_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
begin
  select organisation_id into v_organisation from registry.campaigns
   where id = p_campaign_id and status = 'closed' and answers_due_on <= current_date for update;
  if not found then
    return;
  end if;
  insert into ballots.panel_waves (organisation_id, panel_id, wave, estate_id, person)
  select c.organisation_id, c.panel_id, c.wave, r.estate_id, r.person
    from answers.responses r
    join registry.campaigns c on (c.organisation_id, c.id) = (r.organisation_id, r.campaign_id)
    join registry.panels p on (p.organisation_id, p.id) = (c.organisation_id, c.panel_id)
   where r.organisation_id = v_organisation and r.campaign_id = p_campaign_id and r.person is not null
     and r.estate_id is not null and p.ended_on is null
   order by gen_random_uuid();
  delete from answers.responses where organisation_id = v_organisation and campaign_id = p_campaign_id;
  delete from ballots.box where campaign_id = p_campaign_id;
  delete from ballots.receipts where campaign_id = p_campaign_id;
  delete from ballots.batches where campaign_id = p_campaign_id;
  if found then
    perform retention.mark('ballots.batches');
  end if;
  if not exists (select from retention.log l
                  where (l.organisation_id, l.campaign_id, l.step) = (v_organisation, p_campaign_id, 'answers')) then
    insert into retention.log (organisation_id, campaign_id, step, counts)
    values (v_organisation, p_campaign_id, 'answers', '{}');
  end if;
end $$;
delete from ballots.batches b
 where not exists (select from registry.campaigns c where c.id = b.campaign_id and c.answers_deleted_on is null);
select retention.mark('ballots.batches');

create function ballots.forget_panel_waves() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from ballots.panel_waves w where (w.organisation_id, w.panel_id) = (new.organisation_id, new.id);
  return null;
end $$;
create trigger forget_panel_waves after update of ended_on on registry.panels for each row
  when (new.ended_on is not null and old.ended_on is null) execute function ballots.forget_panel_waves();
create trigger panel_waves_written_anew after update of ended_on on registry.panels for each row
  when (new.ended_on is not null and old.ended_on is null)
  execute function retention.mark_by_trigger('ballots.panel_waves');
revoke all on function ballots.forget_panel_waves from public;

create or replace function ballots.known_persons(p_panel_id uuid, p_wave integer, p_estate_id uuid)
returns table (person bytea, wave integer)
language sql stable security definer set search_path = pg_catalog as $$
  select r.person, c.wave
    from registry.campaigns c
    join answers.responses r on (r.organisation_id, r.campaign_id) = (c.organisation_id, c.id)
   where c.panel_id = p_panel_id and c.wave < p_wave and r.estate_id = p_estate_id and r.person is not null
  union all
  select w.person, w.wave
    from ballots.panel_waves w
   where w.panel_id = p_panel_id and w.wave < p_wave and w.estate_id = p_estate_id
$$;

-- migrate:down
-- Forward only: who took part when would no longer be known to the mixer, and groups of five would part.
