-- The walk over PostgreSQL's text of an expression (see 30_expressions.sql).
--
-- Each function takes the tokens and a position, and gives the printed text, the next position and a kind:
--   operator   gets parentheses where it is an operand
--   number     a bare number: its type comes from where it stands; it is still as PostgreSQL wrote it
--   literal    a number that PostgreSQL cast to the other operand's type: it was typed without a cast
--   cast       a cast of something else; bare and bare_kind are what it is without: PostgreSQL adds casts of its own
--   name, list, other

CREATE OR REPLACE FUNCTION crdb_catalog.operand(printed text, kind text, mode text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE kind
    WHEN 'operator' THEN '(' || printed || ')'
    WHEN 'number' THEN crdb_catalog.constant(printed, CASE WHEN printed ~ '[.eE]' THEN 'DECIMAL' ELSE 'INT8' END, mode)
    ELSE printed END
$$;

-- As an operand, but without the parentheses: the argument of a function, a branch of CASE, the whole.
CREATE OR REPLACE FUNCTION crdb_catalog.standing(printed text, kind text, mode text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE kind WHEN 'number' THEN crdb_catalog.operand(printed, kind, mode) ELSE printed END
$$;

-- Arguments up to the closing bracket, each printed; the separator is a comma or a word of SQL's special syntax.
CREATE OR REPLACE FUNCTION crdb_catalog.print_list(
  t text[], INOUT pos integer, closing text, mode text, rel oid, OUT items text[], OUT words text[]
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  item record;
BEGIN
  items := '{}';
  words := '{}';
  WHILE t[pos] <> closing LOOP
    IF t[pos] IN (',', 'FROM', 'FOR', 'IN', 'BOTH', 'LEADING', 'TRAILING', 'PLACING') THEN
      words := words || t[pos];
      pos := pos + 1;
      CONTINUE;
    END IF;
    SELECT * INTO item FROM crdb_catalog.print_expression(t, pos, mode, rel);
    items := items || crdb_catalog.standing(item.printed, item.kind, mode);
    pos := item.next;
    IF pos > cardinality(t) THEN
      PERFORM crdb_catalog.refuse('printing this expression');
    END IF;
  END LOOP;
  pos := pos + 1;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.print_call(
  t text[], INOUT pos integer, called text, mode text, rel oid, OUT printed text
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  field text;
  args record;
BEGIN
  IF called = 'EXTRACT' THEN
    -- EXTRACT(year FROM x) is extract('year', x) in CockroachDB's tree.
    field := crdb_catalog.constant(lower(trim(BOTH '"' FROM t[pos])), 'STRING', mode);
    SELECT * INTO args FROM crdb_catalog.print_list(t, pos + 1, ')', mode, rel);
    pos := args.pos;
    printed := format('extract(%s, %s)', field, args.items[1]);
    RETURN;
  END IF;
  SELECT * INTO args FROM crdb_catalog.print_list(t, pos, ')', mode, rel);
  pos := args.pos;
  printed := CASE
    WHEN called = 'POSITION' THEN format('strpos(%s, %s)', args.items[2], args.items[1])
    WHEN called = 'TRIM' THEN format('%s(%s)',
      CASE args.words[1] WHEN 'LEADING' THEN 'ltrim' WHEN 'TRAILING' THEN 'rtrim' ELSE 'btrim' END,
      CASE WHEN cardinality(args.items) = 1 THEN args.items[1] ELSE args.items[2] || ', ' || args.items[1] END)
    WHEN called = 'between' THEN format('%s BETWEEN %s AND %s', VARIADIC args.items)
    WHEN called IN ('COALESCE', 'NULLIF') THEN called || '(' || array_to_string(args.items, ', ') || ')'
    WHEN called IN ('GREATEST', 'LEAST', 'SUBSTRING', 'OVERLAY', 'NORMALIZE')
      THEN lower(called) || '(' || array_to_string(args.items, ', ') || ')'
    ELSE called || '(' || array_to_string(args.items, ', ') || ')' END;
  -- Functions whose type depends on what is asked of them carry it (FunctionProperties.AmbiguousReturnType).
  IF mode = 'typed' AND called IN ('now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp') THEN
    printed := printed || ':::TIMESTAMPTZ';
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.print_case(
  t text[], INOUT pos integer, mode text, rel oid, OUT printed text
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  part record;
BEGIN
  printed := 'CASE';
  WHILE t[pos] <> 'END' LOOP
    IF t[pos] IN ('WHEN', 'THEN', 'ELSE') THEN
      printed := printed || ' ' || t[pos];
      pos := pos + 1;
    END IF;
    SELECT * INTO part FROM crdb_catalog.print_expression(t, pos, mode, rel);
    printed := printed || ' ' || crdb_catalog.standing(part.printed, part.kind, mode);
    pos := part.next;
  END LOOP;
  pos := pos + 1;
  printed := printed || ' END';
END
$$;

-- What stands between operators: a literal, a name, a call, something in brackets; with its casts and subscripts.
CREATE OR REPLACE FUNCTION crdb_catalog.print_unit(
  t text[], start integer, mode text, rel oid,
  OUT printed text, OUT next integer, OUT kind text, OUT bare text, OUT bare_kind text
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  word text := t[start];
  part record;
  ty record;
BEGIN
  next := start + 1;
  kind := 'other';
  IF word ~ '^E?''' THEN
    IF t[next] = '::' THEN
      SELECT * INTO ty FROM crdb_catalog.expression_type(t, next + 1);
      next := ty.pos;
    ELSE  -- an argument of any type, as concat() has them: PostgreSQL leaves it without one
      SELECT 'STRING' AS base INTO ty;
    END IF;
    word := crdb_catalog.unquoted(word);
    IF ty.base LIKE 'INT_' OR ty.base = 'DECIMAL' THEN
      -- A negative number or one beyond int4: PostgreSQL writes '-1'::integer.
      IF ty.base = 'DECIMAL' AND word !~ '[.eE]' THEN
        printed := crdb_catalog.constant(word, 'DECIMAL', mode);
      ELSE
        printed := word;
        kind := 'number';
      END IF;
    ELSIF ty.base LIKE '%[]' THEN
      SELECT 'ARRAY[' || coalesce(string_agg(crdb_catalog.constant(e, left(ty.base, -2), mode), ', '), '') || ']'
             || CASE mode WHEN 'typed' THEN ':::' || ty.base ELSE '' END
      INTO printed FROM unnest(word::text[]) e;
    ELSIF ty.base = 'REGCLASS' THEN
      printed := crdb_catalog.constant(
        (SELECT nspname || '.' || relname FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace WHERE c.oid = to_regclass(word)), 'x', 'simple')
        || '::REGCLASS';
    ELSE
      printed := crdb_catalog.constant(word, ty.base, mode);
    END IF;
  ELSIF word ~ '^[0-9]' THEN
    printed := word;
    kind := 'number';
  ELSIF word = '(' THEN
    SELECT * INTO part FROM crdb_catalog.print_expression(t, next, mode, rel);
    printed := part.printed;
    next := part.next;
    kind := part.kind;
    bare := part.bare;
    bare_kind := part.bare_kind;
    IF t[next] <> ')' THEN
      PERFORM crdb_catalog.refuse('printing this expression');
    END IF;
    next := next + 1;
  ELSIF word = 'ARRAY' AND t[next] = '[' THEN
    SELECT * INTO part FROM crdb_catalog.print_list(t, next + 1, ']', mode, rel);
    next := part.pos;
    printed := array_to_string(part.items, ', ');
    kind := 'list';
  ELSIF word = 'CASE' THEN
    SELECT * INTO part FROM crdb_catalog.print_case(t, next, mode, rel);
    printed := part.printed;
    next := part.pos;
  ELSIF word IN ('true', 'false') THEN
    printed := word;
  ELSIF word = 'NULL' THEN
    printed := word;
    IF t[next] = '::' THEN
      next := (SELECT pos FROM crdb_catalog.expression_type(t, next + 1));
    END IF;
    RETURN;
  ELSIF word IN ('CURRENT_DATE', 'CURRENT_USER', 'SESSION_USER', 'CURRENT_TIMESTAMP', 'LOCALTIMESTAMP', 'LOCALTIME',
                 'CURRENT_TIME') THEN
    IF t[next] = '(' THEN
      PERFORM crdb_catalog.refuse('printing ' || word || ' with a precision');
    END IF;
    printed := lower(word) || '()' || CASE WHEN mode <> 'typed' THEN '' ELSE CASE word
      WHEN 'CURRENT_TIMESTAMP' THEN ':::TIMESTAMPTZ' WHEN 'LOCALTIMESTAMP' THEN ':::TIMESTAMP'
      WHEN 'CURRENT_TIME' THEN ':::TIMETZ' WHEN 'LOCALTIME' THEN ':::TIME' ELSE '' END END;
  ELSIF word ~ '^["A-Za-z_\u0080-\uFFFF]' THEN
    printed := CASE WHEN word LIKE '"%' THEN crdb_catalog.unquoted(word) ELSE word END;
    WHILE t[next] = '.' LOOP
      -- Schemas of ours and of PostgreSQL do not print; a user's function would need its own.
      IF printed NOT IN ('crdb_catalog', 'pg_catalog', 'public') THEN
        PERFORM crdb_catalog.refuse('printing this expression');
      END IF;
      printed := trim(BOTH '"' FROM t[next + 1]);
      next := next + 2;
    END LOOP;
    IF t[next] = '(' THEN
      SELECT * INTO part FROM crdb_catalog.print_call(t, next + 1, printed, mode, rel);
      kind := CASE printed WHEN 'between' THEN 'operator' ELSE 'other' END;
      printed := part.printed;
      next := part.pos;
    ELSE
      bare := printed;
      printed := crdb_catalog.name(printed);
      kind := 'name';
    END IF;
  ELSE
    PERFORM crdb_catalog.refuse('printing this expression');
  END IF;

  LOOP
    IF t[next] = '::' THEN
      SELECT * INTO ty FROM crdb_catalog.expression_type(t, next + 1);
      next := ty.pos;
      IF kind = 'number' THEN
        printed := crdb_catalog.constant(printed, ty.base, mode);
        kind := 'literal';
      ELSIF kind = 'list' THEN
        NULL; -- PostgreSQL's own: the members have the type already
      ELSIF kind = 'name' AND ty.printed = 'STRING' AND EXISTS (
          SELECT FROM pg_catalog.pg_attribute WHERE attrelid = rel AND attname = bare
          AND atttypid::regtype IN ('varchar', 'bpchar', 'name')) THEN
        NULL; -- varchar to text: PostgreSQL's own
      ELSE
        bare := printed;
        bare_kind := kind;
        printed := crdb_catalog.operand(printed, kind, mode) || '::' || ty.printed;
        kind := 'cast';
      END IF;
    ELSIF t[next] = '[' THEN
      SELECT * INTO part FROM crdb_catalog.print_list(t, next + 1, ']', mode, rel);
      next := part.pos;
      printed := crdb_catalog.operand(printed, kind, mode) || '[' || array_to_string(part.items, ':') || ']';
      kind := 'other';
    ELSE
      EXIT;
    END IF;
  END LOOP;
END
$$;
