-- Create projects and their payloads.
--
-- A project is one structure to be engineered and priced: a sign and what carries it. Its payloads are what
-- each module (intake, wind, foundation, pricing ...) last worked out for it; they are only ever added.
--
-- revision: 001
-- down_revision: none
-- created: 2026-01-12T09:00:00Z

-- migrate:up
CREATE TABLE projects (
    project_id   text        CONSTRAINT pk_projects PRIMARY KEY,
    name         text        NOT NULL,
    customer     text        NOT NULL,
    site_address text,
    status       text        NOT NULL DEFAULT 'draft',
    created_by   text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_projects_project_id CHECK (project_id ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'),
    CONSTRAINT ck_projects_name CHECK (name <> ''),
    CONSTRAINT ck_projects_status
        CHECK (status IN ('draft', 'estimating', 'submitted', 'accepted', 'rejected', 'archived')),
    CONSTRAINT ck_projects_updated_at CHECK (updated_at >= created_at)
);
COMMENT ON TABLE projects IS 'One structure to be engineered and priced';

CREATE INDEX ix_projects_status_updated ON projects (status, updated_at DESC);
CREATE INDEX ix_projects_customer ON projects (customer);

CREATE TABLE project_payloads (
    payload_id     bigint      GENERATED ALWAYS AS IDENTITY
                               CONSTRAINT pk_project_payloads PRIMARY KEY,
    project_id     text        NOT NULL,
    module         text        NOT NULL,
    schema_version integer     NOT NULL DEFAULT 1,
    config         jsonb       NOT NULL,
    content_sha256 text        NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT fk_project_payloads_project
        FOREIGN KEY (project_id) REFERENCES projects (project_id) ON DELETE CASCADE,
    CONSTRAINT uq_project_payloads_content UNIQUE (project_id, module, content_sha256),
    CONSTRAINT ck_project_payloads_module CHECK (module ~ '^[a-z][a-z0-9_.]*$'),
    CONSTRAINT ck_project_payloads_schema_version CHECK (schema_version > 0),
    CONSTRAINT ck_project_payloads_config CHECK (jsonb_typeof(config) = 'object'),
    CONSTRAINT ck_project_payloads_sha256 CHECK (content_sha256 ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE project_payloads IS 'What each module worked out for a project, newest last';

CREATE INDEX ix_project_payloads_project_module_created
    ON project_payloads (project_id, module, created_at DESC);

-- migrate:down
DROP TABLE project_payloads;
DROP TABLE projects;
