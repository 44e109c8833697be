/* Copyright */
-- A message.
