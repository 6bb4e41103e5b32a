-- ---------------------------------------------------------------- role registry: the office

-- name: take_contact_key(campaign_id)$
-- The round's contact key, taken from the stock the first time; null when none is there.
select delivery.take_contact_key(:campaign_id);

-- name: drop_links(campaign_id)!
delete from delivery.links where campaign_id = :campaign_id;

-- name: drop_some_links(invitation_ids)!
delete from delivery.links where invitation_id = any(cast(:invitation_ids as uuid[]));

-- name: keep_links(organisation_id, campaign_id, invitation_ids, sealed)!
insert into delivery.links (organisation_id, campaign_id, invitation_id, sealed)
select :organisation_id, :campaign_id, n.invitation_id, n.sealed
  from unnest(cast(:invitation_ids as uuid[]), cast(:sealed as bytea[])) as n (invitation_id, sealed)
 order by gen_random_uuid();

-- name: send_first_again(campaign_id)$
-- Links were replaced: whoever has a contact and has not answered gets the new one, at the plan's distance.
select delivery.send_again(:campaign_id);

-- name: sent_again(campaign_id)$
-- How often new links were sent, over the channel that had most.
select coalesce(max(sent_again), 0) from delivery.mailings where campaign_id = :campaign_id and number = 0;

-- name: links_kept(campaign_id)$
-- How many links of the round lie sealed.
select count(*) from delivery.links where campaign_id = :campaign_id;

-- name: reached(campaign_id)^
-- Invitations by how they can be sent: the channel is known, the address is sealed.
select count(*) filter (where k.channel = 'email') as email,
       count(*) filter (where k.channel = 'sms') as sms,
       count(*) filter (where k.channel is null) as without
  from registry.invitations i
  left join delivery.contacts k on (k.organisation_id, k.invitation_id) = (i.organisation_id, i.id)
 where i.campaign_id = :campaign_id and i.source is null;

-- name: reachable(campaign_id)
select invitation_id from delivery.contacts where campaign_id = :campaign_id;

-- name: staff_domains()
select distinct lower(split_part(email, '@', 2)) as domain from registry.staff;

-- name: locked_estates(campaign_id)
select locked_estates as estate_id from delivery.locked_estates(:campaign_id);

-- name: homes_of(campaign_id, mailboxes)
-- In how many homes of locked estates these mailboxes are in use.
select mailbox, homes from delivery.homes_of(:campaign_id, cast(:mailboxes as bytea[]));

-- name: drop_other_contacts(campaign_id, kept)!
-- Those of locked estates stay.
delete from delivery.contacts k
 where k.campaign_id = :campaign_id and k.invitation_id <> all(cast(:kept as uuid[]))
   and not exists (select from registry.invitations i
                    where (i.organisation_id, i.id) = (k.organisation_id, k.invitation_id)
                      and i.estate_id in (select delivery.locked_estates(:campaign_id)));

-- name: change_contacts(invitation_ids, channels, sealed, known_by, mailboxes)!
-- Whoever was written to before is not written to again because the list was sent anew. `mailboxes`: JSON, a list of
-- hexadecimal hashes a contact.
update delivery.contacts k
   set channel = n.channel, sealed = n.sealed, known_by = n.known_by,
       mailboxes = array(select decode(m, 'hex') from jsonb_array_elements_text(n.mailboxes) as m)
  from rows from (unnest(cast(:invitation_ids as uuid[])), unnest(cast(:channels as text[])),
                  unnest(cast(:sealed as bytea[])), unnest(cast(:known_by as bytea[])),
                  jsonb_array_elements(cast(cast(:mailboxes as text) as jsonb)))
       as n (invitation_id, channel, sealed, known_by, mailboxes)
 where k.invitation_id = n.invitation_id;

-- name: add_contacts(organisation_id, campaign_id, invitation_ids, channels, sealed, known_by, mailboxes)!
insert into delivery.contacts (organisation_id, campaign_id, invitation_id, channel, sealed, known_by, mailboxes)
select :organisation_id, :campaign_id, n.invitation_id, n.channel, n.sealed, n.known_by,
       array(select decode(m, 'hex') from jsonb_array_elements_text(n.mailboxes) as m)
  from rows from (unnest(cast(:invitation_ids as uuid[])), unnest(cast(:channels as text[])),
                  unnest(cast(:sealed as bytea[])), unnest(cast(:known_by as bytea[])),
                  jsonb_array_elements(cast(cast(:mailboxes as text) as jsonb)))
       as n (invitation_id, channel, sealed, known_by, mailboxes)
 where not exists (select from delivery.contacts k where k.invitation_id = n.invitation_id)
 order by gen_random_uuid();

-- name: drop_some_invitations(ids)!
-- The policy of the table lets go of those of a draft only.
delete from registry.invitations where id = any(cast(:ids as uuid[]));

-- name: count_invited(campaign_id)!
-- As many are asked as have a link: persons where persons are asked.
update registry.campaign_estates ce
   set invited = (select count(*) from registry.invitations i
                   where i.campaign_id = ce.campaign_id and i.estate_id = ce.estate_id and i.source is null)
 where ce.campaign_id = :campaign_id;

-- name: texts(campaign_id)
-- What the office has written itself for a round.
select kind, language, subject, body from delivery.texts where campaign_id = :campaign_id;

-- name: keep_text(organisation_id, campaign_id, kind, language, subject, body)!
insert into delivery.texts (organisation_id, campaign_id, kind, language, subject, body)
values (:organisation_id, :campaign_id, :kind, :language, :subject, :body)
on conflict (organisation_id, campaign_id, kind, language)
do update set subject = excluded.subject, body = excluded.body;

-- name: drop_text(campaign_id, kind, language)!
delete from delivery.texts where campaign_id = :campaign_id and kind = :kind and language = :language;

-- name: plan(campaign_id)^
select first_on, reminders, every_days from delivery.plans where campaign_id = :campaign_id;

-- name: keep_plan(organisation_id, campaign_id, first_on, reminders, every_days)!
insert into delivery.plans (organisation_id, campaign_id, first_on, reminders, every_days)
values (:organisation_id, :campaign_id, :first_on, :reminders, :every_days)
on conflict (organisation_id, campaign_id)
do update set first_on = excluded.first_on, reminders = excluded.reminders, every_days = excluded.every_days;

-- name: drop_plan(campaign_id)!
delete from delivery.plans where campaign_id = :campaign_id;

-- name: mailings(campaign_id)
-- What has begun: for all of the round, never for one.
select number, channel, started_on, done from delivery.mailings where campaign_id = :campaign_id
 order by number, channel;

-- name: shown_counts(campaign_id)
-- Of the first message. Fewer than five is null; other numbers are rounded down to a multiple of five.
select number, channel, sent, failed, bounced, waiting from delivery.shown_counts(:campaign_id);

-- name: wake_sender()$
select pg_notify('bostemme_sender', '')::text;

-- ---------------------------------------------------------------- role sender: its process alone

-- name: only_sender(key)$
-- Waits until no other process sends for this database; held until the connection closes.
select pg_advisory_lock(:key)::text;

-- name: keep_contact_key(public_key)$
select delivery.keep_contact_key(:public_key);

-- name: known_contact_keys()
select public_key, organisation_id, campaign_id, made_on, destroyed_on from delivery.known_contact_keys();

-- name: rounds_of_contact_keys()
select public_key, organisation_name, campaign_name from delivery.rounds_of_contact_keys();

-- name: drop_contact_stock(public_key)$
-- No round may take this key any more; false when one has it.
select delivery.drop_contact_stock(:public_key);

-- name: note_contact_key_destroyed(public_key)$
select delivery.note_contact_key_destroyed(:public_key);

-- name: discarded_contact_keys()
-- Public halves of the keys that nothing is left to be opened with: of drafts that were deleted, and of closed rounds
-- whose addresses and links are deleted.
select discarded_contact_keys as public_key from delivery.discarded_contact_keys();

-- name: contact_keys_to_be_gone(here)
-- Of the keys that lie here, those that are said to be destroyed.
select keys_to_be_gone as public_key from retention.keys_to_be_gone(:here);

-- name: note_contact_key_found(public_key)$
select retention.note_key_found(:public_key, 'sender');

-- name: start_due(with_reminders)$
-- Begins the mailings whose day has come; how many.
select delivery.start_due(:with_reminders);

-- name: next_batch(open, most, channels)$
-- A batch to send, of one of these channels, none of those that are open here already; null when nothing waits.
select delivery.next_batch(:open, :most, cast(:channels as text[]));

-- name: batch_round(batch)^
select * from delivery.batch_round(:batch);

-- name: batch_texts(batch)
select * from delivery.batch_texts(:batch);

-- name: may_be_sent(batch)$
-- False while the clock says that an open round is not, or no longer, to be answered.
select delivery.may_be_sent(:batch);

-- name: begun(campaigns, numbers, channels, days)
-- These reminders were begun, whatever the database remembers; back come those of all rounds that are not closed.
select campaign_id, number, channel, day
  from delivery.begun(:campaigns, cast(:numbers as integer[]), cast(:channels as text[]), cast(:days as date[]));

-- name: due(batch)
-- Sealed contacts and links of those who have not said no; of a reminder, those who have not answered either.
select * from delivery.due(:batch);

-- name: note_under_way(batch, email_failed, sms_failed, sms_after_email, email_waiting, sms_waiting)$
-- Of a batch of first messages with some that wait: how many, by channel.
select delivery.note_under_way(:batch, :email_failed, :sms_failed, :sms_after_email, :email_waiting, :sms_waiting);

-- name: finish_batch(batch, email_sent, email_failed, sms_sent, sms_failed, sms_after_email)$
select delivery.finish_batch(:batch, :email_sent, :email_failed, :sms_sent, :sms_failed, :sms_after_email);

-- name: note_bounced(campaign_id, number, channel)$
select delivery.note_bounced(:campaign_id, :number, :channel);

-- ---------------------------------------------------------------- role registry: open links

-- name: open_links(campaign_id)
select l.id, e.name as estate, l.source, l.slug, l.active
  from registry.open_links l
  join registry.estates e on (e.organisation_id, e.id) = (l.organisation_id, l.estate_id)
 where l.campaign_id = :campaign_id
 order by e.name, l.source;

-- name: add_open_link(organisation_id, campaign_id, estate_id, source, slug)!
insert into registry.open_links (organisation_id, campaign_id, estate_id, source, slug)
values (:organisation_id, :campaign_id, :estate_id, :source, :slug)
on conflict (organisation_id, campaign_id, estate_id, source) do update set active = true;

-- name: switch_open_link(id, active)!
update registry.open_links set active = :active where id = :id;

-- ---------------------------------------------------------------- letters with links to frozen documents

-- name: key_for_letters()$
-- Role registry: what a letter is sealed with; null while no sender has put keys in stock.
select delivery.key_for_letters();

-- name: put_shared_letter(organisation_id, share_id, public_key, sealed)!
insert into delivery.shared_letters (organisation_id, share_id, public_key, sealed)
values (:organisation_id, :share_id, :public_key, :sealed);

-- name: shared_letters_due()
-- Role sender.
select share_id, public_key, sealed from delivery.shared_letters_due();

-- name: note_shared_letter(share_id, outcome)$
-- Role sender: sent, failed or later.
select delivery.note_shared_letter(:share_id, :outcome);
