-- Create the engineering reference tables.
--
-- Calculations name the version of what they used, so rows are added, never overwritten: a changed constant or price
-- is a new version.
--
-- revision: 003
-- down_revision: 002
-- created: 2026-02-02T09:00:00Z

-- migrate:up
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

-- migrate:down
DROP TABLE code_references;
DROP TABLE material_catalog;
DROP TABLE pricing_configs;
DROP TABLE calibration_constants;
