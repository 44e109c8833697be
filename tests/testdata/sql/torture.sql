-- One construct of PostgreSQL's lexer a statement; every statement runs. comment ; with semicolon
/* nested /* ; */ ; */ SELECT 1 /* tail ; */ ; -- after ;
SELECT 'a;b', 'it''s;', E'esc \' ; still', E'one\'' 
  -- comment in continuation
  'two\' ; three';
SELECT U&'d\0061t\+000061;', B'101', X'1F', N'n;', U&"d\0061t;" FROM (SELECT 1 AS "dat;") x;
SELECT $$ ; $x$ ; $$, $tag$ $$ ; $$ $tag$, $é$ ; $é$;
SELECT 1 AS a$b$, 2 AS b$b$;
SELECT 5 - -1, 5 --;
+ 2, 3 */* ; */ 4;
CREATE TABLE torture(a int, "semi;colon" text);
CREATE RULE r1 AS ON INSERT TO torture DO ALSO (SELECT 1; SELECT 2; SELECT 3);
CREATE FUNCTION f_atomic(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN x=1 THEN 1 ELSE 2 END; SELECT (CASE x WHEN 2 THEN 3 END); END;
CREATE OR REPLACE PROCEDURE p_atomic(INOUT y int) BEGIN ATOMIC ;; SELECT y; END;
CREATE FUNCTION f_begin(begin int) RETURNS int LANGUAGE sql AS 'select 1; select 2';
CREATE FUNCTION "begin"(a int) RETURNS int LANGUAGE plpgsql AS $f$ BEGIN IF a=1 THEN RETURN 1; END IF; RETURN E'2\'$$;'::text = ''; END $f$;
DO LANGUAGE plpgsql $$ BEGIN PERFORM 1; PERFORM $q$ ; $q$; END $$;
DROP RULE r1 ON torture;
COPY torture FROM STDIN;
1	it's; a "quote
2	$$ -- /* 
\.
SELECT count(*) FROM torture;;;
COPY torture (a) TO STDOUT;
COPY (SELECT a FROM torture) TO STDOUT WITH (FORMAT csv);
SELECT a[1:2], '{}'::text FROM (SELECT ARRAY[1,2] a) z
