-- +goose NO TRANSACTION
-- +goose up
CREATE INDEX CONCURRENTLY ix_users_name ON users (name);
COMMENT ON INDEX ix_users_name IS 'by name';
-- +goose down
DROP INDEX CONCURRENTLY ix_users_name;
