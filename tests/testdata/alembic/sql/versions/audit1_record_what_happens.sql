-- Record what happens
--
-- revision: audit1
-- down_revision: 002
-- branch_labels: audit

-- migrate:up
CREATE TABLE audit_entries (
    id BIGSERIAL NOT NULL,
    what TEXT NOT NULL,
    happened TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

-- migrate:down
DROP TABLE audit_entries;
