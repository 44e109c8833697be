-- A message.
-- revision: 002
-- down_revision: 001

CREATE TABLE t (a int);
-- migrate:up
