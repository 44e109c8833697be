-- Record what happens to projects.
--
-- The event log is append-only: a trigger refuses to change a row. Rows go only together with their project.
--
-- revision: 002
-- down_revision: 001
-- created: 2026-01-19T09:00:00Z

-- migrate:up
CREATE TABLE project_events (
    event_id    bigint      GENERATED ALWAYS AS IDENTITY
                            CONSTRAINT pk_project_events PRIMARY KEY,
    project_id  text        NOT NULL,
    event_type  text        NOT NULL,
    actor       text        NOT NULL,
    data        jsonb       NOT NULL DEFAULT '{}',
    occurred_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT fk_project_events_project
        FOREIGN KEY (project_id) REFERENCES projects (project_id) ON DELETE CASCADE,
    CONSTRAINT ck_project_events_event_type CHECK (event_type ~ '^[a-z]+(\.[a-z_]+)+$'),
    CONSTRAINT ck_project_events_data CHECK (jsonb_typeof(data) = 'object')
);
COMMENT ON TABLE project_events IS 'What happened to a project, by whom; never changed';

CREATE INDEX ix_project_events_project_occurred ON project_events (project_id, occurred_at DESC);
CREATE INDEX ix_project_events_type_occurred ON project_events (event_type, occurred_at DESC);

CREATE FUNCTION refuse_project_event_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'project event % is history and cannot be changed', OLD.event_id
        USING ERRCODE = 'restrict_violation', HINT = 'Add an event that corrects it.';
END
$$;

CREATE TRIGGER tr_project_events_immutable
    BEFORE UPDATE ON project_events
    FOR EACH ROW EXECUTE FUNCTION refuse_project_event_change();

-- migrate:down
DROP TABLE project_events;
DROP FUNCTION refuse_project_event_change();
