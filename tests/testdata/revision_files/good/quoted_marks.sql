-- Marks inside quotes, comments and rows are none.
-- revision: q
-- down_revision: none

-- migrate:up
SELECT '
-- migrate:down
', $$
-- migrate:down
$$ /*
-- migrate:down
*/;
COPY t FROM STDIN;
-- migrate:down
\.
SELECT 2
   --migrate:down
SELECT 3; -- migrate:up stands behind a statement
