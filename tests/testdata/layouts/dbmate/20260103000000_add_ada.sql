-- migrate:up
INSERT INTO users (name) VALUES ('-- migrate:down');
