-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:up
COPY t FROM STDIN;
1
-- migrate:down
