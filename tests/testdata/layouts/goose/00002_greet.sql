-- What users are told.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION greet(who text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    -- +goose Down is no mark in here
    RETURN 'Hello, ' || who || ';';
END;
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION greet IS '-- +goose Up';

-- +goose Down
-- +goose StatementBegin
DROP FUNCTION greet
-- +goose StatementEnd
