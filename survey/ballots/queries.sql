-- The tenant's role may call these functions and nothing else.

-- name: visit(token_hash, draft_key)^
-- The round an invitation is for, with the date by the clock that decides, and the sealed draft if there is one.
select * from ballots.visit(:token_hash, :draft_key);

-- name: load_questionnaire(version_id)$
-- The questionnaire version as text: an immutable document.
select ballots.questionnaire(:version_id)::text;

-- name: save_draft(token_hash, draft_key, seen, sealed)$
-- saved; changed when the draft is another than `seen`; closed when the invitation is used or the round not open.
select ballots.save_draft(:token_hash, :draft_key, :seen, :sealed);

-- name: submit(token_hash, draft_key, seen, language, mode, answers, codes)$
-- The one transaction of a submission: accepted, already, closed or unknown.
select ballots.submit(:token_hash, :draft_key, :seen, :language, :mode, :answers::text::jsonb, :codes);
