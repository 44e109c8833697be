-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:down
SELECT 1;
-- migrate:up
