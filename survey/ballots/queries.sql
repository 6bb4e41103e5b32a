-- The tenant's role may call these functions and nothing else.

-- name: find_round(token_hash)^
-- The round an invitation is for, and the date by the clock that decides.
select r.*, current_date as today
  from ballots.round_for(:token_hash) r;

-- name: load_questionnaire(version_id)$
-- The questionnaire version as text: an immutable document.
select ballots.questionnaire(:version_id)::text;

-- name: hold_draft(draft_key)$
-- Page and autosave of one tenant wait for each other; the lock leaves nothing behind.
select true from (select pg_advisory_xact_lock(hashtextextended(encode(:draft_key, 'hex'), 0))) held;

-- name: load_draft(draft_key)$
-- The sealed draft, or nothing.
select ballots.load_draft(:draft_key);

-- name: save_draft(token_hash, draft_key, sealed)$
-- False when the invitation is used or the round is not open.
select ballots.save_draft(:token_hash, :draft_key, :sealed);

-- name: submit(token_hash, draft_key, language, mode, answers, codes)$
-- The one transaction of a submission: accepted, already, closed or unknown.
select ballots.submit(:token_hash, :draft_key, :language, :mode, :answers::text::jsonb, :codes);
