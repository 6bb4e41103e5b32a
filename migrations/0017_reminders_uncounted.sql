-- migrate:up
-- Of reminders nothing is counted for anybody to read: they go to those who have not answered, and the office knows
-- which channel each home has. With one home by e-mail and one by SMS, "no e-mail was sent" said who had answered; five
-- of five by SMS said that none of them had. The first message goes to all, and its counts tell of channels only.
create or replace function delivery.shown_counts(p_campaign_id uuid)
returns table (number integer, channel text, sent integer, failed integer, bounced integer)
language sql stable security definer set search_path = pg_catalog as $$
  select number, channel,
         case when sent >= 5 then sent - sent % 5 when sent = 0 then 0 end,
         case when failed >= 5 then failed - failed % 5 when failed = 0 then 0 end,
         case when bounced >= 5 then bounced - bounced % 5 when bounced = 0 then 0 end
    from delivery.counts
   where campaign_id = p_campaign_id and number = 0
     and organisation_id = nullif(current_setting('bostemme.organisation_id', true), '')::uuid
   order by channel
$$;

-- migrate:down
-- Forward only: what was shown once would be shown again.
