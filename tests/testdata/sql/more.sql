-- More of the lexer's corners; every statement runs.
SELECT e'\\', E'\';', 'a\', ';';
SELECT E'a'	
'b\';c', E'x' -- one ' line
-- and ; another
'y\'';
SELECT 'a'
  ';b';
SELECT $$;$$ = $_1é$;$_1é$;
SELECT 1.5e-3, .5, 1.::int, 2;
SELECT /* a -- */ 1 /* b
-- */ + 1 -- /* c
;
SELECT '--;', '/*;', "a;--" FROM (SELECT 1 AS "a;--") q;
SELECT (((1))), '(;', ')';
SELECT 3-/* ; */-2, -(-1), 1<2, @ -1, 2 ^ 3, |/ 4;
CREATE TABLE "CREATE FUNCTION BEGIN ATOMIC;" (copy int, "from" int, stdin int);
SELECT copy FROM "CREATE FUNCTION BEGIN ATOMIC;" stdin;
CREATE RULE "r;" AS ON UPDATE TO "CREATE FUNCTION BEGIN ATOMIC;" DO INSTEAD (
  SELECT 1; /* ) ; */ SELECT ')'; -- );
);
cOpY "CREATE FUNCTION BEGIN ATOMIC;" (copy) fRoM /* ; */ sTdIn wItH (format csv); -- rows
1
"2"
\.
COPY "CREATE FUNCTION BEGIN ATOMIC;" FROM STDIN;
\.
PREPARE p (int) AS SELECT $1;
EXECUTE p(1);
COMMENT ON TABLE "CREATE FUNCTION BEGIN ATOMIC;" IS E'it\'s; x''y';
SELECT U&'\0027;' , U&'!0027;' UESCAPE '!', b'' , x'';
VALUES (1), (2);
TABLE "CREATE FUNCTION BEGIN ATOMIC;";
(SELECT 1) UNION (SELECT 2);
WITH a AS (SELECT ';' AS b) SELECT b FROM a
