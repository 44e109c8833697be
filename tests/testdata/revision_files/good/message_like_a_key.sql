-- created: a table
-- revision: b
-- down_revision: None

-- migrate:up
SELECT 1
