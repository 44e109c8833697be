-- Built while others write.

-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY ix_users_name ON users (name);

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY ix_users_name;
