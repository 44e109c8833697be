-- Seed the reference data.
--
-- What it seeds comes from the 16th edition of the manual;
-- see https://example.com/manual for its tables. One remark: this is one.
--
-- revision: 004
-- down_revision: 003
-- branch_labels: reference, release-1
-- depends_on: a1b2, other
-- created: 2026-11-22T10:00:00Z

-- migrate:up
-- A comment, then a statement.
INSERT INTO material_catalog (material_id) VALUES ('W8x31; really')
  ON CONFLICT DO NOTHING;

-- migrate: allow DATA-01 speaks to the linter and is no mark
UPDATE material_catalog SET grade = 'B';

-- migrate:down
DELETE FROM material_catalog WHERE material_id = 'W8x31; really';
