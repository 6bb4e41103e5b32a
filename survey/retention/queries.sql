-- Role answers: what has been published.

-- name: add_published(organisation_id, campaign_id, scope, before_hash, before_campaign_id, wave_hash, figures_hash, results, made_by)!
-- The first time stands.
insert into answers.published
  (organisation_id, campaign_id, scope, before_hash, before_campaign_id, wave_hash, figures_hash, results, made_by)
values (:organisation_id, :campaign_id, :scope, :before_hash, :before_campaign_id, :wave_hash, :figures_hash, :results, :made_by)
on conflict do nothing;

-- name: is_published(campaign_id, scope, before_hash)$
select exists (select from answers.published
                where campaign_id = :campaign_id and scope = :scope and before_hash = :before_hash);

-- name: published(campaign_id)
-- Every report of a round that was read or printed; of two with the same scope, the one that compares first.
select campaign_id, scope, before_hash, before_campaign_id, wave_hash, figures_hash, results, made_by, first_on
  from answers.published
 where campaign_id = :campaign_id
 order by scope, length(before_hash) desc, first_on desc;

-- name: scopes(campaign_id)
select distinct scope from answers.published where campaign_id = :campaign_id;

-- Role registry: what was deleted, and when.

-- name: log(campaign_id)
select done_on, step, counts, done_by from retention.log where campaign_id = :campaign_id
 order by done_on, array_position(array['lost', 'too_few', 'ballot_key', 'panel_key', 'contacts', 'contact_key', 'contact_key_found', 'invitations', 'answers', 'wave'], step), id;

-- name: key_waits(campaign_id)$
-- Whether the day of the round's addresses has come and their key is not known to be destroyed.
select exists (select from delivery.contact_keys k
                 join registry.campaigns c on (c.organisation_id, c.id) = (k.organisation_id, k.campaign_id)
                where k.campaign_id = :campaign_id and k.destroyed_on is null
                  and c.status = 'closed' and c.contacts_due_on <= current_date);

-- Role retention: may call the functions below and nothing else.

-- name: held()
-- What is left of every closed round.
select * from retention.held();

-- name: one_at_a_time(campaign_id)$
-- Waits until no other run is at the answers of this round; held until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('retention of ' || cast(cast(:campaign_id as uuid) as text), 0))::text;

-- name: delete_contacts(campaign_id)$
select retention.delete_contacts(:campaign_id);

-- name: note_contact_key(campaign_id, public_key)$
select retention.note_contact_key(:campaign_id, :public_key);

-- name: keys_to_be_gone(here)
-- Of the contact keys that lie here, those that are said to be destroyed.
select keys_to_be_gone as public_key from retention.keys_to_be_gone(:here);

-- name: note_key_found(public_key)$
select retention.note_key_found(:public_key, 'mixer');

-- name: delete_invitations(campaign_id)$
select retention.delete_invitations(:campaign_id);

-- name: forget_not_asked()$
-- Wishes not to be asked whose time is over; how many that was.
select retention.forget_not_asked();

-- name: forget_readings()$
-- What readers said of findings and stands in no document, half a year after the reading; how many remarks that was.
select retention.forget_readings();

-- name: forget_remarks()$
-- What readers said of drafts whose reading has been over for half a year; how many remarks that was.
select retention.forget_remarks();

-- name: delete_answers(campaign_id)!
select retention.delete_answers(:campaign_id);

-- name: delete_wave(campaign_id, checked)$
select retention.delete_wave(:campaign_id, cast(cast(:checked as text) as jsonb));
