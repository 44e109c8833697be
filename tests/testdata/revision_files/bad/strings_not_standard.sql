-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:up
SET standard_conforming_strings TO off;
