-- The schema that the revisions in versions/ make: what `schemactl revision --autogenerate` and `schemactl check`
-- compare them with. A person changes it here first; the revision is written from the difference. Rows (004) are not
-- part of a schema.

-- Projects and their payloads (001)

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

-- What happens to projects (002)

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

-- Reference data of the engineers (003)

CREATE TABLE calibration_constants (
    name        text        NOT NULL,
    version     text        NOT NULL,
    value       numeric     NOT NULL,
    unit        text        NOT NULL,
    description text        NOT NULL,
    source      text        NOT NULL,
    valid_from  date        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_calibration_constants PRIMARY KEY (name, version),
    CONSTRAINT ck_calibration_constants_name CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    CONSTRAINT ck_calibration_constants_version CHECK (version ~ '^v[0-9]+$')
);
COMMENT ON TABLE calibration_constants IS 'Numbers the calculations rest on, by version';

CREATE TABLE pricing_configs (
    item_code   text           NOT NULL,
    version     text           NOT NULL,
    description text           NOT NULL,
    unit        text           NOT NULL,
    price_usd   numeric(12, 2) NOT NULL,
    valid_from  date           NOT NULL,
    created_at  timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT pk_pricing_configs PRIMARY KEY (item_code, version),
    CONSTRAINT ck_pricing_configs_item_code CHECK (item_code ~ '^[A-Z]+(-[A-Z0-9]+)+$'),
    CONSTRAINT ck_pricing_configs_unit
        CHECK (unit IN ('each', 'ft', 'sqft', 'cuyd', 'lb', 'hour', 'day')),
    CONSTRAINT ck_pricing_configs_price_usd CHECK (price_usd >= 0)
);
COMMENT ON TABLE pricing_configs IS 'Unit prices, by version';

CREATE INDEX ix_pricing_configs_valid_from ON pricing_configs (item_code, valid_from DESC);

CREATE TABLE material_catalog (
    material_id    text          CONSTRAINT pk_material_catalog PRIMARY KEY,
    standard       text          NOT NULL,
    grade          text          NOT NULL,
    shape          text          NOT NULL,
    designation    text          NOT NULL,
    fy_ksi         numeric(5, 1) NOT NULL,
    fu_ksi         numeric(5, 1) NOT NULL,
    weight_lb_ft   numeric(7, 2) NOT NULL,
    area_in2       numeric(7, 3) NOT NULL,
    sx_in3         numeric(8, 3) NOT NULL,
    ix_in4         numeric(9, 3) NOT NULL,
    created_at     timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT uq_material_catalog_section UNIQUE (standard, grade, designation),
    CONSTRAINT ck_material_catalog_shape CHECK (shape IN ('HSS', 'PIPE', 'W', 'C', 'L', 'PL')),
    CONSTRAINT ck_material_catalog_strength CHECK (fy_ksi > 0 AND fu_ksi > fy_ksi),
    CONSTRAINT ck_material_catalog_section
        CHECK (weight_lb_ft > 0 AND area_in2 > 0 AND sx_in3 > 0 AND ix_in4 > 0)
);
COMMENT ON TABLE material_catalog IS 'Steel sections with their strength and section properties (AISC units)';

CREATE INDEX ix_material_catalog_shape_sx ON material_catalog (shape, sx_in3);
CREATE INDEX ix_material_catalog_standard_grade ON material_catalog (standard, grade);

CREATE TABLE code_references (
    ref_id      text        CONSTRAINT pk_code_references PRIMARY KEY,
    code        text        NOT NULL,
    edition     text        NOT NULL,
    section     text        NOT NULL,
    title       text        NOT NULL,
    application text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_code_references_section UNIQUE (code, edition, section),
    CONSTRAINT ck_code_references_title CHECK (title <> '')
);
COMMENT ON TABLE code_references IS 'Clauses of the building codes that calculations cite';

CREATE INDEX ix_code_references_code ON code_references (code, section);
