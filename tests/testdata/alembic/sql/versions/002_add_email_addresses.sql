-- Add e-mail addresses
--
-- revision: 002
-- down_revision: 001

-- migrate:up
ALTER TABLE accounts ADD COLUMN email TEXT;
ALTER TABLE accounts ADD CONSTRAINT uq_accounts_email UNIQUE (email);

-- migrate:down
ALTER TABLE accounts DROP CONSTRAINT uq_accounts_email;
ALTER TABLE accounts DROP COLUMN email;
