-- An edition also holds the planning annex for a word processor and the spreadsheet of all figures.
-- migrate:up

set local lock_timeout = '10s';

-- squawk-ignore ban-drop-constraint
alter table loop.edition_files drop constraint edition_files_document_check;
alter table loop.edition_files add constraint edition_files_document_check check (document in
  ('utleier', 'beboer', 'bilder', 'oppslag', 'plangrunnlag', 'plangrunnlag_docx', 'radssak', 'tall')) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table loop.edition_files validate constraint edition_files_document_check;

-- migrate:down
-- Forward only: what was frozen stays.
