-- Begin with what pg_dump wrote.
-- revision: 001
-- down_revision: none

-- migrate:up
--
-- PostgreSQL database dump
--

\restrict kX3b9

SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (
    a integer,
    b text
);

COPY public.t (a, b) FROM stdin;
1	it's; a "quote
2	\N
\.


\unrestrict kX3b9

