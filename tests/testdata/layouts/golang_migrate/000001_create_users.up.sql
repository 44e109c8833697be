BEGIN;

CREATE TABLE users (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
);
CREATE FUNCTION begin_of(users) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT left($1.name, 1); $$;

COMMIT;
