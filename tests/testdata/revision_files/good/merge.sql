-- Merge the branches.
-- revision: c1
-- down_revision: b1,  b2

-- migrate:up

-- migrate:down
