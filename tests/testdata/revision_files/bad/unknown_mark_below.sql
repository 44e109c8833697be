-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:up
SELECT 1;
  -- migrate:Down
SELECT 2;
