-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:up
SELECT 'its;
-- migrate:down
SELECT 1;
