-- Nothing is counted of reminders: they go to those who have not answered, so a count of one tells who had.
-- migrate:up

set local lock_timeout = '10s';

-- 0017 no longer showed them, and they were kept all the same: with one home that is written to by SMS, a dump of the
-- sealed round told by "one reminder was sent by SMS", or by the missing row, whether it had answered by then.
delete from delivery.counts where number > 0;
alter table delivery.counts add constraint counts_first_message check (number = 0) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table delivery.counts validate constraint counts_first_message;

create or replace function delivery.finish_batch(
  p_batch uuid, p_email_sent integer, p_email_failed integer, p_sms_sent integer, p_sms_failed integer,
  p_sms_after_email integer)
returns void language plpgsql security definer set search_path = pg_catalog as $$
declare
  v record;
  v_asked record;
begin
  select organisation_id, campaign_id, number into v from delivery.queue where batch = p_batch limit 1;
  if not found then
    return;
  end if;
  if v.number = 0 then
    select * into v_asked from delivery.asked_in(p_batch);
    insert into delivery.counts as n (organisation_id, campaign_id, number, channel, sent, failed)
    select v.organisation_id, v.campaign_id, 0, a.channel, a.sent, a.failed
      from (values ('email', greatest(p_email_sent, v_asked.email - p_email_failed), p_email_failed),
                   ('sms', greatest(p_sms_sent, v_asked.sms + p_sms_after_email - p_sms_failed), p_sms_failed))
             as a (channel, sent, failed)
     where a.sent > 0 or a.failed > 0
    on conflict (organisation_id, campaign_id, number, channel)
    do update set sent = n.sent + excluded.sent, failed = n.failed + excluded.failed;
  end if;
  delete from delivery.under_way where (organisation_id, batch) = (v.organisation_id, p_batch);
  delete from delivery.queue where batch = p_batch;
  perform delivery.note_done();
end $$;

-- Whether there is such a mailing; of the first message it is counted.
create or replace function delivery.note_bounced(p_campaign_id uuid, p_number integer, p_channel text) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into delivery.counts as n (organisation_id, campaign_id, number, channel, bounced)
  select m.organisation_id, m.campaign_id, m.number, m.channel, 1 from delivery.mailings m
   where (m.campaign_id, m.number, m.channel) = (p_campaign_id, 0, p_channel) and p_number = 0
  on conflict (organisation_id, campaign_id, number, channel) do update set bounced = n.bounced + 1;
  return exists (select from delivery.mailings m
                  where (m.campaign_id, m.number, m.channel) = (p_campaign_id, p_number, p_channel));
end $$;

-- The files and the statistics of PostgreSQL hold what was counted: a changed type drops the statistics.
-- squawk-ignore changing-column-type
alter table delivery.counts alter column number type integer, alter column sent type integer, alter column failed type integer, alter column bounced type integer;
select retention.mark('delivery.counts');

-- ---------------------------------------------------------------- contact keys
-- A key of the stock that the sender does not have. Did a round take it meanwhile, it stays, as the mixer's do.
create function delivery.drop_contact_stock(p_public_key bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update delivery.contact_keys k set destroyed_on = current_date
   where k.public_key = p_public_key and k.destroyed_on is null and k.campaign_id is null;
  return found;
end $$;
revoke all on function delivery.drop_contact_stock from public;
grant execute on function delivery.drop_contact_stock to bostemme_sender;

-- migrate:down
-- Forward only: what was counted is gone.
