-- How many receipts and ballots a round had is told nowhere: of a round of one home "receipts (1)" said that it had
-- answered, and so did the line, which was missing where nobody had. That they are deleted is written of every round.
-- migrate:up

set local lock_timeout = '10s';

-- squawk-ignore ban-drop-function
drop function retention.held();
-- As before, without answers, ballots and receipts: who may delete what is due need not count it.
create function retention.held()
returns table (organisation_id uuid, campaign_id uuid, name text, contacts_due_on date, answers_due_on date,
  answers_deleted_on date, contacts bigint, contact_keys bytea[], invitations bigint, wave integer, today date)
language sql stable security definer set search_path = pg_catalog as $$
  select c.organisation_id, c.id, c.name, c.contacts_due_on, c.answers_due_on, c.answers_deleted_on,
         retention.count_contacts(c.id), retention.contact_keys(c.id),
         (select count(*) from registry.invitations i
           where (i.organisation_id, i.campaign_id) = (c.organisation_id, c.id)
             and (w.responses is not null or c.answers_deleted_on is not null)),
         w.responses,
         current_date
    from registry.campaigns c
    left join answers.waves w on (w.organisation_id, w.campaign_id) = (c.organisation_id, c.id)
   where c.status = 'closed'
   order by c.answers_due_on, c.id
$$;

-- squawk-ignore ban-drop-function
drop function retention.delete_answers(uuid);
-- Answers one by one, ballots that never could be opened, receipts. The sealed wave stays one step longer. Whether there
-- was anything is not said, and the log has one line of every round.
create function retention.delete_answers(p_campaign_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_organisation uuid;
begin
  select organisation_id into v_organisation from registry.campaigns
   where id = p_campaign_id and status = 'closed' and answers_due_on <= current_date for update;
  if not found then
    return;
  end if;
  delete from answers.responses where organisation_id = v_organisation and campaign_id = p_campaign_id;
  delete from ballots.box where campaign_id = p_campaign_id;
  delete from ballots.receipts where campaign_id = p_campaign_id;
  if not exists (select from retention.log l
                  where (l.organisation_id, l.campaign_id, l.step) = (v_organisation, p_campaign_id, 'answers')) then
    insert into retention.log (organisation_id, campaign_id, step, counts)
    values (v_organisation, p_campaign_id, 'answers', '{}');
  end if;
end $$;

-- What the log has told already. Nobody can change it, the owner neither: so it is written anew as a whole, with the
-- lines that were missing and in an order that has nothing to do with when.
-- squawk-ignore changing-column-type
alter table retention.log alter column counts type jsonb using case when step = 'answers' then '{}'::jsonb else counts end;
insert into retention.log (organisation_id, campaign_id, step, counts, done_on)
select c.organisation_id, c.id, 'answers', '{}', c.answers_deleted_on
  from registry.campaigns c
 where c.answers_deleted_on is not null
   and not exists (select from retention.log l
                    where (l.organisation_id, l.campaign_id, l.step) = (c.organisation_id, c.id, 'answers'));
cluster retention.log using log_pkey;
alter table retention.log set without cluster;

revoke all on function retention.held, retention.delete_answers from public;
grant execute on function retention.held, retention.delete_answers to bostemme_retention;

-- migrate:down
-- Forward only.
