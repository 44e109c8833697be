-- Seed the reference data.
--
-- Safe to run again: a row that is already there stays as it is. The way down takes away these rows and no others.
-- Section properties are those of the AISC Steel Construction Manual, 16th edition.
--
-- revision: 004
-- down_revision: 003
-- branch_labels: reference
-- created: 2026-02-09T09:00:00Z

-- migrate:up
INSERT INTO calibration_constants
    (name, version, value, unit, description, source, valid_from)
VALUES
    ('k_foundation_overturning',    'v1', 1.5,     'ratio',    'Least factor of safety of a footing against overturning',                      'IBC 2021 1807.2.3',                   '2026-01-01'),
    ('k_foundation_sliding',        'v1', 1.5,     'ratio',    'Least factor of safety of a footing against sliding',                          'IBC 2021 1807.2.3',                   '2026-01-01'),
    ('k_lateral_bearing_increase',  'v1', 2,       'ratio',    'Increase of lateral bearing for poles that tolerate half an inch of movement', 'IBC 2021 1806.3.4',                   '2026-01-01'),
    ('footing_cost_per_cuyd',       'v1', 650,     'usd/cuyd', 'Concrete, bars, forms and placing of a drilled footing',                       'bids of 2025, median of 41',          '2026-01-01'),
    ('footing_cost_per_cuyd',       'v2', 688,     'usd/cuyd', 'Concrete, bars, forms and placing of a drilled footing',                       'bids of 2026 to March, median of 17', '2026-04-01'),
    ('soil_bearing_sand',           'v1', 2000,    'psf',      'Presumptive vertical bearing, sand and silty sand',                            'IBC 2021 Table 1806.2',               '2026-01-01'),
    ('soil_bearing_sandy_gravel',   'v1', 3000,    'psf',      'Presumptive vertical bearing, sandy gravel and gravel',                        'IBC 2021 Table 1806.2',               '2026-01-01'),
    ('soil_bearing_clay',           'v1', 1500,    'psf',      'Presumptive vertical bearing, clay and sandy clay',                            'IBC 2021 Table 1806.2',               '2026-01-01'),
    ('soil_lateral_sand',           'v1', 150,     'psf/ft',   'Presumptive lateral bearing below grade, sand and silty sand',                 'IBC 2021 Table 1806.2',               '2026-01-01'),
    ('soil_lateral_sandy_gravel',   'v1', 200,     'psf/ft',   'Presumptive lateral bearing below grade, sandy gravel',                        'IBC 2021 Table 1806.2',               '2026-01-01'),
    ('soil_lateral_clay',           'v1', 100,     'psf/ft',   'Presumptive lateral bearing below grade, clay and sandy clay',                 'IBC 2021 Table 1806.2',               '2026-01-01'),
    ('soil_friction_sand',          'v1', 0.25,    'ratio',    'Coefficient of friction of concrete on sand',                                  'IBC 2021 Table 1806.2',               '2026-01-01'),
    ('wind_directionality_sign',    'v1', 0.85,    'ratio',    'Kd of solid freestanding signs',                                               'ASCE 7-22 Table 26.6-1',              '2026-01-01'),
    ('wind_gust_rigid',             'v1', 0.85,    'ratio',    'Gust-effect factor G of a rigid structure',                                    'ASCE 7-22 26.11.1',                   '2026-01-01'),
    ('wind_velocity_pressure',      'v1', 0.00256, 'psf/mph2', 'Constant of the velocity pressure q = 0.00256 Kz Kzt Ke V2',                   'ASCE 7-22 26.10.2',                   '2026-01-01'),
    ('wind_exposure_c_alpha',       'v1', 9.8,     '-',        'Power-law exponent of exposure C',                                             'ASCE 7-22 Table 26.11-1',             '2026-01-01'),
    ('wind_exposure_c_zg',          'v1', 2460,    'ft',       'Gradient height of exposure C',                                                'ASCE 7-22 Table 26.11-1',             '2026-01-01'),
    ('concrete_unit_weight',        'v1', 150,     'pcf',      'Normal-weight reinforced concrete',                                            'ACI 318-19 R19.2.4',                  '2026-01-01'),
    ('concrete_fc_footing',         'v1', 3000,    'psi',      'Specified strength of footing concrete',                                       'ACI 318-19 Table 19.2.1.1',           '2026-01-01'),
    ('rebar_fy',                    'v1', 60,      'ksi',      'Yield strength of Grade 60 bars',                                              'ACI 318-19 20.2.2.4',                 '2026-01-01'),
    ('phi_flexure_steel',           'v1', 0.9,     'ratio',    'Resistance factor of steel in bending',                                        'AISC 360-22 F1',                      '2026-01-01'),
    ('phi_weld_fillet',             'v1', 0.75,    'ratio',    'Resistance factor of fillet welds',                                            'AISC 360-22 Table J2.5',              '2026-01-01'),
    ('deflection_limit_cantilever', 'v1', 120,     '-',        'Height over tip deflection under service wind',                                'office standard 4.2',                 '2026-01-01'),
    ('weld_rate',                   'v1', 1.8,     'hour/ft',  'Shop time of a quarter-inch fillet weld with preparation',                     'shop records of 2025',                '2026-01-01')
ON CONFLICT (name, version) DO NOTHING;

INSERT INTO pricing_configs
    (item_code, version, description, unit, price_usd, valid_from)
VALUES
    ('STL-HSS-A500C',      'v1', 'Hollow sections, A500 Grade C, delivered',             'lb',   1.18,  '2026-01-01'),
    ('STL-HSS-A500C',      'v2', 'Hollow sections, A500 Grade C, delivered',             'lb',   1.24,  '2026-07-01'),
    ('STL-PIPE-A53B',      'v1', 'Pipe, A53 Grade B, delivered',                         'lb',   1.31,  '2026-01-01'),
    ('STL-W-A992',         'v1', 'Wide-flange sections, A992, delivered',                'lb',   1.09,  '2026-01-01'),
    ('STL-PLATE-A36',      'v1', 'Base and cap plates, A36, cut and drilled',            'lb',   2.35,  '2026-01-01'),
    ('CON-3000PSI',        'v1', 'Concrete, 3000 psi, delivered',                        'cuyd', 178,   '2026-01-01'),
    ('CON-4000PSI',        'v1', 'Concrete, 4000 psi, delivered',                        'cuyd', 191,   '2026-01-01'),
    ('RBR-GR60',           'v1', 'Bars, Grade 60, cut, bent and tied',                   'lb',   1.62,  '2026-01-01'),
    ('ANC-F1554-GR36-1IN', 'v1', 'Anchor rod, F1554 Grade 36, 1 in by 36 in, with nuts', 'each', 38.5,  '2026-01-01'),
    ('ANC-F1554-GR55-1IN', 'v1', 'Anchor rod, F1554 Grade 55, 1 in by 36 in, with nuts', 'each', 46.25, '2026-01-01'),
    ('EXC-DRILL-24IN',     'v1', 'Drilled shaft, 24 in, earth',                          'ft',   42,    '2026-01-01'),
    ('EXC-DRILL-36IN',     'v1', 'Drilled shaft, 36 in, earth',                          'ft',   68,    '2026-01-01'),
    ('EXC-DRILL-48IN',     'v1', 'Drilled shaft, 48 in, earth',                          'ft',   104,   '2026-01-01'),
    ('CAB-ALUM-SF',        'v1', 'Aluminium cabinet, single face, painted',              'sqft', 96,    '2026-01-01'),
    ('CAB-ALUM-DF',        'v1', 'Aluminium cabinet, double face, painted',              'sqft', 148,   '2026-01-01'),
    ('FACE-PC-FLAT',       'v1', 'Polycarbonate face, flat, with vinyl',                 'sqft', 31.5,  '2026-01-01'),
    ('ELE-LED-MODULE',     'v1', 'LED modules, 24 V, with driver share',                 'sqft', 22.75, '2026-01-01'),
    ('FIN-GALV',           'v1', 'Hot-dip galvanising',                                  'lb',   0.46,  '2026-01-01'),
    ('FIN-PAINT-2K',       'v1', 'Two-part polyurethane, two coats on primer',           'sqft', 7.9,   '2026-01-01'),
    ('LAB-WELDER',         'v1', 'Certified welder, shop',                               'hour', 92,    '2026-01-01'),
    ('LAB-INSTALL-CREW',   'v1', 'Crew of two with tools',                               'hour', 165,   '2026-01-01'),
    ('EQP-CRANE-40T',      'v1', 'Crane, 40 t, with operator, four hours least',         'hour', 285,   '2026-01-01'),
    ('EQP-BUCKET-65FT',    'v1', 'Bucket truck, 65 ft',                                  'day',  920,   '2026-01-01'),
    ('ENG-PE-STAMP',       'v1', 'Review and seal by a professional engineer',           'each', 750,   '2026-01-01'),
    ('PER-CITY-BASE',      'v1', 'Handling of a city permit, fees apart',                'each', 385,   '2026-01-01')
ON CONFLICT (item_code, version) DO NOTHING;

INSERT INTO material_catalog
    (material_id, standard, grade, shape, designation, fy_ksi, fu_ksi, weight_lb_ft, area_in2, sx_in3, ix_in4)
VALUES
    ('A500-GRB-HSS3X3X1_4',   'A500', 'Grade B',  'HSS',  'HSS3X3X1/4',   46, 58, 8.81,  2.44,  2.01,  3.02),
    ('A500-GRB-HSS4X4X1_4',   'A500', 'Grade B',  'HSS',  'HSS4X4X1/4',   46, 58, 12.21, 3.37,  3.9,   7.8),
    ('A500-GRB-HSS4X4X3_8',   'A500', 'Grade B',  'HSS',  'HSS4X4X3/8',   46, 58, 17.27, 4.78,  5.13,  10.3),
    ('A500-GRB-HSS5X5X1_4',   'A500', 'Grade B',  'HSS',  'HSS5X5X1/4',   46, 58, 15.62, 4.3,   6.41,  16),
    ('A500-GRB-HSS5X5X3_8',   'A500', 'Grade B',  'HSS',  'HSS5X5X3/8',   46, 58, 22.37, 6.18,  8.68,  21.7),
    ('A500-GRB-HSS6X6X1_4',   'A500', 'Grade B',  'HSS',  'HSS6X6X1/4',   46, 58, 19.02, 5.24,  9.54,  28.6),
    ('A500-GRC-HSS3X3X1_4',   'A500', 'Grade C',  'HSS',  'HSS3X3X1/4',   50, 62, 8.81,  2.44,  2.01,  3.02),
    ('A500-GRC-HSS4X4X1_4',   'A500', 'Grade C',  'HSS',  'HSS4X4X1/4',   50, 62, 12.21, 3.37,  3.9,   7.8),
    ('A500-GRC-HSS4X4X3_8',   'A500', 'Grade C',  'HSS',  'HSS4X4X3/8',   50, 62, 17.27, 4.78,  5.13,  10.3),
    ('A500-GRC-HSS5X5X1_4',   'A500', 'Grade C',  'HSS',  'HSS5X5X1/4',   50, 62, 15.62, 4.3,   6.41,  16),
    ('A500-GRC-HSS5X5X3_8',   'A500', 'Grade C',  'HSS',  'HSS5X5X3/8',   50, 62, 22.37, 6.18,  8.68,  21.7),
    ('A500-GRC-HSS6X6X1_4',   'A500', 'Grade C',  'HSS',  'HSS6X6X1/4',   50, 62, 19.02, 5.24,  9.54,  28.6),
    ('A500-GRC-HSS6X6X3_8',   'A500', 'Grade C',  'HSS',  'HSS6X6X3/8',   50, 62, 27.48, 7.58,  13.2,  39.5),
    ('A500-GRC-HSS6X6X1_2',   'A500', 'Grade C',  'HSS',  'HSS6X6X1/2',   50, 62, 35.24, 9.74,  16.1,  48.3),
    ('A500-GRC-HSS8X8X1_4',   'A500', 'Grade C',  'HSS',  'HSS8X8X1/4',   50, 62, 25.82, 7.1,   17.7,  70.7),
    ('A500-GRC-HSS8X8X3_8',   'A500', 'Grade C',  'HSS',  'HSS8X8X3/8',   50, 62, 37.69, 10.4,  24.9,  100),
    ('A500-GRC-HSS8X8X1_2',   'A500', 'Grade C',  'HSS',  'HSS8X8X1/2',   50, 62, 48.85, 13.5,  31.2,  125),
    ('A500-GRC-HSS10X10X3_8', 'A500', 'Grade C',  'HSS',  'HSS10X10X3/8', 50, 62, 47.9,  13.2,  40.4,  202),
    ('A500-GRC-HSS10X10X1_2', 'A500', 'Grade C',  'HSS',  'HSS10X10X1/2', 50, 62, 62.46, 17.2,  51.2,  256),
    ('A500-GRC-HSS12X12X1_2', 'A500', 'Grade C',  'HSS',  'HSS12X12X1/2', 50, 62, 76.07, 20.9,  76.2,  457),
    ('A53-GRB-PIPE3STD',      'A53',  'Grade B',  'PIPE', 'PIPE3STD',     35, 60, 7.58,  2.07,  1.63,  2.85),
    ('A53-GRB-PIPE4STD',      'A53',  'Grade B',  'PIPE', 'PIPE4STD',     35, 60, 10.8,  2.96,  3.03,  6.82),
    ('A53-GRB-PIPE5STD',      'A53',  'Grade B',  'PIPE', 'PIPE5STD',     35, 60, 14.6,  4.01,  5.14,  14.3),
    ('A53-GRB-PIPE6STD',      'A53',  'Grade B',  'PIPE', 'PIPE6STD',     35, 60, 19,    5.2,   7.99,  26.5),
    ('A53-GRB-PIPE8STD',      'A53',  'Grade B',  'PIPE', 'PIPE8STD',     35, 60, 28.6,  7.85,  15.8,  68.1),
    ('A53-GRB-PIPE10STD',     'A53',  'Grade B',  'PIPE', 'PIPE10STD',    35, 60, 40.5,  11.5,  28.1,  151),
    ('A53-GRB-PIPE12STD',     'A53',  'Grade B',  'PIPE', 'PIPE12STD',    35, 60, 49.6,  13.7,  41,    262),
    ('A53-GRB-PIPE8XS',       'A53',  'Grade B',  'PIPE', 'PIPE8XS',      35, 60, 43.4,  11.9,  23.1,  100),
    ('A53-GRB-PIPE10XS',      'A53',  'Grade B',  'PIPE', 'PIPE10XS',     35, 60, 54.8,  15.1,  37.2,  199),
    ('A992-GR50-W6X15',       'A992', 'Grade 50', 'W',    'W6X15',        50, 65, 15,    4.43,  9.72,  29.1),
    ('A992-GR50-W8X18',       'A992', 'Grade 50', 'W',    'W8X18',        50, 65, 18,    5.26,  15.2,  61.9),
    ('A992-GR50-W8X31',       'A992', 'Grade 50', 'W',    'W8X31',        50, 65, 31,    9.13,  27.5,  110),
    ('A992-GR50-W10X33',      'A992', 'Grade 50', 'W',    'W10X33',       50, 65, 33,    9.71,  35,    171),
    ('A992-GR50-W12X40',      'A992', 'Grade 50', 'W',    'W12X40',       50, 65, 40,    11.7,  51.5,  307),
    ('A992-GR50-W12X53',      'A992', 'Grade 50', 'W',    'W12X53',       50, 65, 53,    15.6,  70.6,  425),
    ('A992-GR50-W14X61',      'A992', 'Grade 50', 'W',    'W14X61',       50, 65, 61,    17.9,  92.1,  640),
    ('A36-GR36-C4X5P4',       'A36',  'Grade 36', 'C',    'C4X5.4',       36, 58, 5.4,   1.58,  1.92,  3.85),
    ('A36-GR36-C6X8P2',       'A36',  'Grade 36', 'C',    'C6X8.2',       36, 58, 8.2,   2.39,  4.35,  13.1),
    ('A36-GR36-C8X11P5',      'A36',  'Grade 36', 'C',    'C8X11.5',      36, 58, 11.5,  3.37,  8.14,  32.5),
    ('A36-GR36-L2X2X1_4',     'A36',  'Grade 36', 'L',    'L2X2X1/4',     36, 58, 3.19,  0.944, 0.244, 0.346),
    ('A36-GR36-L3X3X1_4',     'A36',  'Grade 36', 'L',    'L3X3X1/4',     36, 58, 4.9,   1.44,  0.569, 1.23),
    ('A36-GR36-L4X4X1_4',     'A36',  'Grade 36', 'L',    'L4X4X1/4',     36, 58, 6.6,   1.93,  1.03,  3)
ON CONFLICT (material_id) DO NOTHING;

INSERT INTO code_references
    (ref_id, code, edition, section, title, application)
VALUES
    ('ASCE7-22-26.5',  'ASCE 7',   '2022', '26.5',   'Wind hazard map',                                                                 'Basic wind speed by risk category'),
    ('ASCE7-22-26.6',  'ASCE 7',   '2022', '26.6',   'Wind directionality',                                                             'Kd of solid signs'),
    ('ASCE7-22-26.7',  'ASCE 7',   '2022', '26.7',   'Exposure',                                                                        'Exposure category of the site'),
    ('ASCE7-22-26.8',  'ASCE 7',   '2022', '26.8',   'Topographic effects',                                                             'Kzt on hills and escarpments'),
    ('ASCE7-22-26.10', 'ASCE 7',   '2022', '26.10',  'Velocity pressure',                                                               'qz at height z'),
    ('ASCE7-22-26.11', 'ASCE 7',   '2022', '26.11',  'Gust effects',                                                                    'G of rigid and flexible structures'),
    ('ASCE7-22-29.3',  'ASCE 7',   '2022', '29.3',   'Design wind loads: solid freestanding walls and solid signs',                     'Force and eccentricity cases A, B and C'),
    ('ASCE7-22-29.4',  'ASCE 7',   '2022', '29.4',   'Design wind loads: other structures',                                             'Poles, trusses and open signs'),
    ('ASCE7-22-2.3',   'ASCE 7',   '2022', '2.3',    'Load combinations for strength design',                                           'Factored loads'),
    ('ASCE7-22-2.4',   'ASCE 7',   '2022', '2.4',    'Load combinations for allowable stress design',                                   'Footings and soil'),
    ('ASCE7-22-7.3',   'ASCE 7',   '2022', '7.3',    'Flat roof snow loads',                                                            'Snow on cabinets and canopies'),
    ('AISC360-22-D2',  'AISC 360', '2022', 'D2',     'Tensile strength',                                                                'Hangers and rods'),
    ('AISC360-22-E3',  'AISC 360', '2022', 'E3',     'Flexural buckling of members without slender elements',                           'Columns'),
    ('AISC360-22-F7',  'AISC 360', '2022', 'F7',     'Square and rectangular HSS and box sections',                                     'Bending of hollow sections'),
    ('AISC360-22-F8',  'AISC 360', '2022', 'F8',     'Round HSS',                                                                       'Bending of pipes'),
    ('AISC360-22-G4',  'AISC 360', '2022', 'G4',     'Rectangular HSS, box sections and other members',                                 'Shear of hollow sections'),
    ('AISC360-22-H1',  'AISC 360', '2022', 'H1',     'Doubly and singly symmetric members subject to flexure and axial force',          'Combined stress'),
    ('AISC360-22-H3',  'AISC 360', '2022', 'H3',     'Members subject to torsion and combined torsion, flexure, shear and axial force', 'Torsion of eccentric signs'),
    ('AISC360-22-J2',  'AISC 360', '2022', 'J2',     'Welds',                                                                           'Pole to base plate'),
    ('AISC360-22-J3',  'AISC 360', '2022', 'J3',     'Bolts and threaded parts',                                                        'Match plates'),
    ('AISC360-22-J8',  'AISC 360', '2022', 'J8',     'Column bases and bearing on concrete',                                            'Base plates'),
    ('ACI318-19-13.3', 'ACI 318',  '2019', '13.3',   'Shallow foundations',                                                             'Spread footings'),
    ('ACI318-19-13.4', 'ACI 318',  '2019', '13.4',   'Deep foundations',                                                                'Drilled shafts'),
    ('ACI318-19-17.6', 'ACI 318',  '2019', '17.6',   'Tensile strength',                                                                'Anchor rods in tension'),
    ('ACI318-19-17.7', 'ACI 318',  '2019', '17.7',   'Shear strength',                                                                  'Anchor rods in shear'),
    ('ACI318-19-20.2', 'ACI 318',  '2019', '20.2',   'Nonprestressed bars and wires',                                                   'Bar strength'),
    ('IBC2021-1603.1', 'IBC',      '2021', '1603.1', 'General',                                                                         'Loads to be shown on drawings'),
    ('IBC2021-1604.5', 'IBC',      '2021', '1604.5', 'Risk category',                                                                   'Importance of the structure'),
    ('IBC2021-1609.1', 'IBC',      '2021', '1609.1', 'Applications',                                                                    'Wind loads by ASCE 7'),
    ('IBC2021-1705.3', 'IBC',      '2021', '1705.3', 'Concrete construction',                                                           'Special inspection of footings'),
    ('IBC2021-1806.2', 'IBC',      '2021', '1806.2', 'Presumptive load-bearing values',                                                 'Soil values without a report'),
    ('IBC2021-1807.3', 'IBC',      '2021', '1807.3', 'Embedded posts and poles',                                                        'Depth of direct-buried poles'),
    ('IBC2021-H105',   'IBC',      '2021', 'H105',   'Design and construction',                                                         'Structural requirements of signs'),
    ('AWSD1.1-2020-4', 'AWS D1.1', '2020', '4',      'Design of welded connections',                                                    'Weld sizes and details')
ON CONFLICT (ref_id) DO NOTHING;

-- migrate:down
DELETE FROM code_references
WHERE ref_id IN (
    'ASCE7-22-26.5', 'ASCE7-22-26.6', 'ASCE7-22-26.7', 'ASCE7-22-26.8', 'ASCE7-22-26.10',
    'ASCE7-22-26.11', 'ASCE7-22-29.3', 'ASCE7-22-29.4', 'ASCE7-22-2.3', 'ASCE7-22-2.4',
    'ASCE7-22-7.3', 'AISC360-22-D2', 'AISC360-22-E3', 'AISC360-22-F7', 'AISC360-22-F8',
    'AISC360-22-G4', 'AISC360-22-H1', 'AISC360-22-H3', 'AISC360-22-J2', 'AISC360-22-J3',
    'AISC360-22-J8', 'ACI318-19-13.3', 'ACI318-19-13.4', 'ACI318-19-17.6', 'ACI318-19-17.7',
    'ACI318-19-20.2', 'IBC2021-1603.1', 'IBC2021-1604.5', 'IBC2021-1609.1', 'IBC2021-1705.3',
    'IBC2021-1806.2', 'IBC2021-1807.3', 'IBC2021-H105', 'AWSD1.1-2020-4'
);

DELETE FROM material_catalog
WHERE material_id IN (
    'A500-GRB-HSS3X3X1_4', 'A500-GRB-HSS4X4X1_4', 'A500-GRB-HSS4X4X3_8', 'A500-GRB-HSS5X5X1_4',
    'A500-GRB-HSS5X5X3_8', 'A500-GRB-HSS6X6X1_4', 'A500-GRC-HSS3X3X1_4', 'A500-GRC-HSS4X4X1_4',
    'A500-GRC-HSS4X4X3_8', 'A500-GRC-HSS5X5X1_4', 'A500-GRC-HSS5X5X3_8', 'A500-GRC-HSS6X6X1_4',
    'A500-GRC-HSS6X6X3_8', 'A500-GRC-HSS6X6X1_2', 'A500-GRC-HSS8X8X1_4', 'A500-GRC-HSS8X8X3_8',
    'A500-GRC-HSS8X8X1_2', 'A500-GRC-HSS10X10X3_8', 'A500-GRC-HSS10X10X1_2',
    'A500-GRC-HSS12X12X1_2', 'A53-GRB-PIPE3STD', 'A53-GRB-PIPE4STD', 'A53-GRB-PIPE5STD',
    'A53-GRB-PIPE6STD', 'A53-GRB-PIPE8STD', 'A53-GRB-PIPE10STD', 'A53-GRB-PIPE12STD',
    'A53-GRB-PIPE8XS', 'A53-GRB-PIPE10XS', 'A992-GR50-W6X15', 'A992-GR50-W8X18', 'A992-GR50-W8X31',
    'A992-GR50-W10X33', 'A992-GR50-W12X40', 'A992-GR50-W12X53', 'A992-GR50-W14X61',
    'A36-GR36-C4X5P4', 'A36-GR36-C6X8P2', 'A36-GR36-C8X11P5', 'A36-GR36-L2X2X1_4',
    'A36-GR36-L3X3X1_4', 'A36-GR36-L4X4X1_4'
);

DELETE FROM pricing_configs
WHERE (item_code, version) IN (
    ('STL-HSS-A500C', 'v1'), ('STL-HSS-A500C', 'v2'), ('STL-PIPE-A53B', 'v1'),
    ('STL-W-A992', 'v1'), ('STL-PLATE-A36', 'v1'), ('CON-3000PSI', 'v1'), ('CON-4000PSI', 'v1'),
    ('RBR-GR60', 'v1'), ('ANC-F1554-GR36-1IN', 'v1'), ('ANC-F1554-GR55-1IN', 'v1'),
    ('EXC-DRILL-24IN', 'v1'), ('EXC-DRILL-36IN', 'v1'), ('EXC-DRILL-48IN', 'v1'),
    ('CAB-ALUM-SF', 'v1'), ('CAB-ALUM-DF', 'v1'), ('FACE-PC-FLAT', 'v1'), ('ELE-LED-MODULE', 'v1'),
    ('FIN-GALV', 'v1'), ('FIN-PAINT-2K', 'v1'), ('LAB-WELDER', 'v1'), ('LAB-INSTALL-CREW', 'v1'),
    ('EQP-CRANE-40T', 'v1'), ('EQP-BUCKET-65FT', 'v1'), ('ENG-PE-STAMP', 'v1'),
    ('PER-CITY-BASE', 'v1')
);

DELETE FROM calibration_constants
WHERE (name, version) IN (
    ('k_foundation_overturning', 'v1'), ('k_foundation_sliding', 'v1'),
    ('k_lateral_bearing_increase', 'v1'), ('footing_cost_per_cuyd', 'v1'),
    ('footing_cost_per_cuyd', 'v2'), ('soil_bearing_sand', 'v1'),
    ('soil_bearing_sandy_gravel', 'v1'), ('soil_bearing_clay', 'v1'), ('soil_lateral_sand', 'v1'),
    ('soil_lateral_sandy_gravel', 'v1'), ('soil_lateral_clay', 'v1'), ('soil_friction_sand', 'v1'),
    ('wind_directionality_sign', 'v1'), ('wind_gust_rigid', 'v1'),
    ('wind_velocity_pressure', 'v1'), ('wind_exposure_c_alpha', 'v1'),
    ('wind_exposure_c_zg', 'v1'), ('concrete_unit_weight', 'v1'), ('concrete_fc_footing', 'v1'),
    ('rebar_fy', 'v1'), ('phi_flexure_steel', 'v1'), ('phi_weld_fillet', 'v1'),
    ('deflection_limit_cantilever', 'v1'), ('weld_rate', 'v1')
);
