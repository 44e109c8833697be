-- Every mark that fits.
-- revision: m
-- down_revision: l

-- migrate:up transaction:false
SET lock_timeout = '5s';
CREATE INDEX CONCURRENTLY ix_a ON t (a);

-- migrate:down   transaction:true
DROP INDEX ix_a;
