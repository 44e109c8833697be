-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:up
-- migrate:down
SELECT 1; /* é */ ROLLBACK;
