-- Close accounts
--
-- revision: 004
-- down_revision: 003

-- migrate:up
ALTER TABLE accounts ADD COLUMN closed BOOLEAN DEFAULT false NOT NULL;

-- migrate:down
ALTER TABLE accounts DROP COLUMN closed;
