-- Join billing and audit
--
-- revision: 003
-- down_revision: billing1, audit2

-- migrate:up

-- migrate:down
