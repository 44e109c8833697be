-- Bill accounts
--
-- revision: billing1
-- down_revision: 002
-- branch_labels: billing

-- migrate:up
CREATE TABLE invoices (
    id BIGSERIAL NOT NULL,
    account_id BIGINT NOT NULL,
    total NUMERIC(12, 2) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);

-- migrate:down
DROP TABLE invoices;
