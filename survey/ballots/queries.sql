-- The tenant's role may call these functions and nothing else.

-- name: visit(token_hash, draft_key, paused_key)^
-- The round an invitation is for, with the date by the clock that decides, and the sealed drafts if there are any:
-- together, since every page of every tenant asks. Not whether the invitation is used, nor what its holder wishes.
select * from ballots.visit(:token_hash, :draft_key, :paused_key);

-- name: declared(token_hash)^
-- What the round of this link says of itself, the same for all of its links.
select declared_grade, declared::text as declared from ballots.declared(:token_hash);

-- name: load_questionnaire(version_id)$
-- The questionnaire version as text: an immutable document.
select ballots.questionnaire(:version_id)::text;

-- name: save_draft(token_hash, draft_key, seen, sealed)$
-- saved; changed when the draft is another than `seen`; closed when the round is not open.
select ballots.save_draft(:token_hash, :draft_key, :seen, :sealed);

-- name: move_draft(token_hash, from_key, seen, to_key, sealed)$
-- From device to link or from link to device; outcomes as of save_draft.
select ballots.move_draft(:token_hash, :from_key, :seen, :to_key, :sealed);

-- name: drop_draft(draft_key)$
select ballots.drop_draft(:draft_key);

-- name: submit(token_hash, draft_key, seen, public_key, receipt_hash, sealed, copy, replaces)$
-- The one transaction of a submission: accepted, already, closed, unknown or other_key.
select ballots.submit(:token_hash, :draft_key, :seen, :public_key, :receipt_hash, :sealed, :copy, :replaces);

-- name: receipt(receipt_hash)^
-- Whether the answer with this receipt waits, is drawn for a batch, is counted, was withdrawn, was replaced, is lost or was one of too few.
select * from ballots.receipt(:receipt_hash);

-- name: withdraw(receipt_hash)$
select ballots.withdraw(:receipt_hash);

-- name: copy(token_hash, receipt_hash)$
-- What was sent, sealed for link and receipt together; nothing when the ballot is mixed or of another round.
select ballots.copy(:token_hash, :receipt_hash);

-- name: reopen(token_hash, draft_key, receipt_hash, draft)$
-- The answer is the draft of the link as well; false when the ballot is mixed or the round is over.
select ballots.reopen(:token_hash, :draft_key, :receipt_hash, :draft);

-- name: decline(token_hash, draft_key)$
select ballots.decline(:token_hash, :draft_key);

-- name: ask_again(token_hash, again)$
-- A wish about later rounds; false when it cannot be said here.
select ballots.ask_again(:token_hash, :again);

-- name: asked_later(token_hash)$
-- Whether a later wave of a panel will take this link, which leads nowhere now.
select ballots.asked_later(:token_hash);

-- name: kept(token_hash)^
select * from ballots.kept(:token_hash);

-- name: open_link(slug)^
-- The round an open link is for; nothing when it gives no rights.
select * from ballots.open_link(:slug);

-- name: open_right(slug, token_hash)$
-- A new right to answer, of the link's stratum; false when the round takes no answers.
select ballots.open_right(:slug, :token_hash);

-- The mixer's role may call the functions below and nothing else.

-- name: seconds_there()$
-- Seconds since 1970 by the clock that decides.
select extract(epoch from clock_timestamp())::float8;

-- name: note_begun()$
-- Rounds whose first day has come have begun; how many of them the clock has before that day again.
select ballots.note_begun();

-- name: keep_key(public_key)$
select ballots.keep_key(:public_key);

-- name: equip_rounds()$
-- Open rounds without a key take one from the stock; how many that was.
select ballots.equip_rounds();

-- name: keys()
-- Every public key, the round it belongs to, and whether its work is done.
select * from ballots.keys();

-- name: destroy_alone()$
-- Of mixers at once one destroys keys; the others wait for the end of its transaction.
select pg_advisory_xact_lock(hashtextextended('destroying ballot keys', 0))::text;

-- name: claim_folder(mark, adopt)^
-- Whether this folder of keys is the one in use: mine, taken_over or another; and the mark of the one that was.
select outcome, in_use from ballots.claim_folder(:mark, :adopt);

-- name: drop_stock(public_key)$
-- No round may take this key any more; false when one has it.
select ballots.drop_stock(:public_key);

-- name: discard_key(public_key)$
-- A key that the database does not know is noted as destroyed; false when it knows it.
select ballots.discard_key(:public_key);

-- name: note_spent(public_key)$
-- The key is to be destroyed: false while anything hangs on it.
select ballots.note_spent(:public_key);

-- name: link_no_more(public_key)$
-- A panel's key is given up.
select ballots.link_no_more(:public_key);

-- name: give_up(public_key)$
-- Ballots under a lost key leave the box; their receipts say so.
select ballots.give_up(:public_key);

-- name: rotate_key(campaign_id)$
-- Nothing when the round is not open or no key is in stock.
select ballots.rotate_key(:campaign_id);

-- name: note_counts()$
-- The morning's count of open rounds and their estates that are due, if it is the hour and it is not taken; of how many
-- rounds.
select ballots.note_counts();

-- name: places()
-- Every estate of every round with ballots in the box, those of the asked and those by open links each by themselves;
-- and of closed rounds that are not mixed every estate that was asked and has none.
select * from ballots.places();

-- name: take_due()
-- Estates of open rounds that this morning's lot has fallen on and no mixer has taken.
select campaign_id, estate_id from ballots.take_due();

-- name: hold_for_mixing(campaign_id)$
-- Other mixers of the round wait until this transaction ends.
select ballots.hold_for_mixing(:campaign_id);

-- name: draw(campaign_id, open_link, estate_ids, numbers, lot)
-- Ballots by lot, so many of each estate, held until the transaction ends. The same of the same box.
select * from ballots.draw(:campaign_id, :open_link, :estate_ids, :numbers, :lot);

-- name: draw_again(campaign_id, open_link, estate_id, ids, lot)
-- Those of these ballots that wait in the estate.
select * from ballots.draw_again(:campaign_id, :open_link, :estate_id, :ids, :lot);

-- name: timeline_mark()$
-- Up to where this database knows what the mixer has noted; nothing when it was another database.
select ballots.timeline_mark();

-- name: keep_mark(mark)$
select ballots.keep_mark(:mark);

-- name: note_drawn(campaign_id, ids)$
-- These are in a batch, and can no longer be withdrawn or changed; how many were not noted yet.
select ballots.note_drawn(:campaign_id, :ids);

-- name: taken_back()
-- Receipts of rounds that are not sealed whose answers were withdrawn or changed.
select campaign_id, receipt_hash, state from ballots.taken_back();

-- name: take_back_again(campaign_id, receipt_hashes, states)$
-- In a database that has forgotten it; how many.
select ballots.take_back_again(:campaign_id, :receipt_hashes, :states);

-- name: delete_few(campaign_id, open_link)$
-- What is left of a closed round when it is too few to be hidden among each other; how many that was.
select ballots.delete_few(:campaign_id, :open_link);

-- name: note_unreadable(id)$
select ballots.note_unreadable(:id);

-- name: mix(campaign_id, estate_id, area_id, ids, version_ids, languages, modes, answers, codes, persons)$
-- All of them become answers, or none.
select ballots.mix(:campaign_id, :estate_id, :area_id, :ids, :version_ids, :languages, :modes, :answers, :codes,
                   :persons);

-- name: known_persons(panel_id, wave, estate_id)
select * from ballots.known_persons(:panel_id, :wave, :estate_id);

-- name: end_panels()$
select ballots.end_panels();

-- name: note_pooled(campaign_id, estate_ids, under)$
-- These have no answers under their own name: what they have, if anything, is counted under the area or the organisation.
select ballots.note_pooled(:campaign_id, :estate_ids, :under);

-- name: note_elsewhere(campaign_id, estate_ids, least, most, under)$
-- So many of these estates' answers are counted under the area or the organisation.
select ballots.note_elsewhere(:campaign_id, :estate_ids, :least, :most, :under);

-- name: note_closed()$
-- Of rounds that have closed the drafts are gone, and whoever wishes not to be asked again is in the list; how many.
select ballots.note_closed();

-- name: uncounted()
-- Closed rounds that are not told of yet.
select uncounted as id from ballots.uncounted();

-- name: note_counted(campaign_ids)$
-- Those of which nothing is left to be mixed may be told of from here on.
select ballots.note_counted(:campaign_ids);

-- name: shuffle_invitations(campaign_id, estate_ids)$
-- The ballots that were fresh before.
select ballots.shuffle_invitations(:campaign_id, :estate_ids);

-- name: waiting_by_lot(campaign_id, estate_ids)$
-- The ballots that wait in these estates, in an order drawn by lot.
select ballots.waiting_by_lot(:campaign_id, :estate_ids);

-- name: shuffle_ballots(campaign_id, ids, known)$
-- `known`: those whose invitations are shuffled.
select ballots.shuffle_ballots(:campaign_id, :ids, :known);

-- name: to_write_anew()
-- Tables, and the log, whose files still hold deleted rows; ready when nobody's transaction can see these any more.
select relation, ready from ballots.to_write_anew();

-- name: write_anew(relation)!
select ballots.write_anew(:relation);
