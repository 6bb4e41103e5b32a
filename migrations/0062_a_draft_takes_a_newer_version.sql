-- A draft may ask what its questionnaire has become since.
-- migrate:up

-- What was opened keeps its version: the trigger of 0027 refuses.
grant update (questionnaire_version_id) on registry.campaigns to bostemme_registry;

-- migrate:down
-- Forward only.
