-- An id that a shell would run.
-- revision: a$(touch${IFS}b)
-- down_revision: none

-- migrate:up
SELECT 1;
