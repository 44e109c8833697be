-- A message.
-- revision: 002
-- down_revision: 001

-- just comments
