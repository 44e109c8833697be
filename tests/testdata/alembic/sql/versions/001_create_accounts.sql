-- Create accounts
--
-- revision: 001
-- down_revision: none

-- migrate:up
CREATE TABLE accounts (
    id BIGSERIAL NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (id)
);

-- migrate:down
DROP TABLE accounts;
