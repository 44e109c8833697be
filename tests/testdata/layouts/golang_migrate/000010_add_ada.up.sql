-- One way only.
INSERT INTO users (name) VALUES ('Ada; BEGIN; COMMIT');
