-- Operators between the units of an expression, and the whole (see 30 and 31).

-- Whether PostgreSQL would have added this cast itself, to make two numbers' types equal: only from whole numbers
-- to DECIMAL and FLOAT8. What the operand is, is known for columns, arithmetic and a few functions.
CREATE OR REPLACE FUNCTION crdb_catalog.is_added_cast(printed text, bare text, bare_kind text, rel oid)
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT printed ~ '::(DECIMAL|FLOAT8)$' AND CASE bare_kind
    WHEN 'name' THEN EXISTS (SELECT FROM pg_catalog.pg_attribute
                             WHERE attrelid = rel AND crdb_catalog.name(attname) = bare
                             AND atttypid::regtype IN ('int2', 'int4', 'int8', 'float4', 'numeric'))
    WHEN 'operator' THEN bare ~ '[-+*/%]' AND bare !~ '->|[|''<>=]'
    ELSE bare ~ '^((char_|octet_|bit_)?length|strpos|ascii|array_length)\(' END
$$;

-- Two operands. A cast that PostgreSQL added goes, one that was typed stays. It was typed if the other side is a
-- whole number that had to follow it (a::DECIMAL > 3), and added otherwise (a > 3.5).
CREATE OR REPLACE FUNCTION crdb_catalog.print_binary(
  left_printed text, left_kind text, left_bare text, left_bare_kind text, sign text,
  right_printed text, right_kind text, right_bare text, right_bare_kind text, mode text, rel oid
) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF left_kind = 'cast' AND right_kind NOT IN ('literal', 'cast')
     AND crdb_catalog.is_added_cast(left_printed, left_bare, left_bare_kind, rel) THEN
    left_printed := left_bare;
    left_kind := left_bare_kind;
  ELSIF right_kind = 'cast' AND left_kind NOT IN ('literal', 'cast')
     AND crdb_catalog.is_added_cast(right_printed, right_bare, right_bare_kind, rel) THEN
    right_printed := right_bare;
    right_kind := right_bare_kind;
  END IF;
  sign := CASE sign WHEN '<>' THEN '!=' WHEN '~~' THEN 'LIKE' WHEN '!~~' THEN 'NOT LIKE' WHEN '~~*' THEN 'ILIKE'
               WHEN '!~~*' THEN 'NOT ILIKE' ELSE sign END;
  -- JSON's operators stand without spaces (BinaryOperator.IsPadded).
  RETURN crdb_catalog.operand(left_printed, left_kind, mode)
    || CASE WHEN sign IN ('->', '->>', '#>', '#>>') THEN sign ELSE ' ' || sign || ' ' END
    || crdb_catalog.operand(right_printed, right_kind, mode);
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.print_expression(
  t text[], start integer, mode text, rel oid,
  OUT printed text, OUT next integer, OUT kind text, OUT bare text, OUT bare_kind text
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  part record;
  word text := t[start];
  sign text;
BEGIN
  IF word = 'NOT' OR word IN ('-', '+', '~') THEN
    SELECT * INTO part FROM crdb_catalog.print_unit(t, start + 1, mode, rel);
    printed := word || CASE word WHEN 'NOT' THEN ' ' ELSE '' END
      || crdb_catalog.operand(part.printed, part.kind, mode);
    next := part.next;
    kind := 'operator';
    RETURN;
  END IF;
  SELECT * INTO part FROM crdb_catalog.print_unit(t, start, mode, rel);
  printed := part.printed;
  next := part.next;
  kind := part.kind;
  bare := part.bare;
  bare_kind := part.bare_kind;
  LOOP
    word := t[next];
    IF word IN ('AND', 'OR') THEN
      SELECT * INTO part FROM crdb_catalog.print_unit(t, next + 1, mode, rel);
      printed := crdb_catalog.operand(printed, kind, mode) || ' ' || word || ' '
        || crdb_catalog.operand(part.printed, part.kind, mode);
      next := part.next;
    ELSIF word = 'IS' THEN
      sign := 'IS';
      next := next + 1;
      IF t[next] = 'NOT' THEN
        sign := 'IS NOT';
        next := next + 1;
      END IF;
      IF t[next] = 'DISTINCT' THEN
        SELECT * INTO part FROM crdb_catalog.print_unit(t, next + 2, mode, rel);
        printed := crdb_catalog.print_binary(printed, kind, bare, bare_kind, sign || ' DISTINCT FROM',
          part.printed, part.kind, part.bare, part.bare_kind, mode, rel);
        next := part.next;
      ELSIF t[next] IN ('NULL', 'TRUE', 'FALSE', 'UNKNOWN') THEN
        printed := crdb_catalog.operand(printed, kind, mode) || ' ' || sign || ' '
          || CASE t[next] WHEN 'TRUE' THEN 'true' WHEN 'FALSE' THEN 'false' ELSE 'NULL' END;
        next := next + 1;
      ELSE
        PERFORM crdb_catalog.refuse('printing this expression');
      END IF;
    ELSIF word = 'COLLATE' THEN
      printed := crdb_catalog.operand(printed, kind, mode) || ' COLLATE ' || crdb_catalog.unquoted(t[next + 1]);
      next := next + 2;
    ELSIF word = 'AT' AND t[next + 1] = 'TIME' THEN
      -- x AT TIME ZONE z is timezone(z, x) in CockroachDB's tree.
      SELECT * INTO part FROM crdb_catalog.print_unit(t, next + 3, mode, rel);
      printed := format('timezone(%s, %s)', part.printed, crdb_catalog.standing(printed, kind, mode));
      next := part.next;
      kind := 'other';
      CONTINUE;
    ELSIF word ~ '^[-+*/<>=~!@#%^&|`?]+$' THEN
      IF t[next + 1] IN ('ANY', 'ALL') THEN
        SELECT * INTO part FROM crdb_catalog.print_unit(t, next + 2, mode, rel);
        IF part.kind = 'list' AND (word, t[next + 1]) IN (('=', 'ANY'), ('<>', 'ALL')) THEN
          -- A cast of the left side is PostgreSQL's own: the members of IN have one type.
          printed := crdb_catalog.operand(CASE kind WHEN 'cast' THEN bare ELSE printed END,
                                          CASE kind WHEN 'cast' THEN bare_kind ELSE kind END, mode)
            || CASE word WHEN '=' THEN ' IN (' ELSE ' NOT IN (' END || part.printed || ')';
        ELSE
          printed := crdb_catalog.operand(printed, kind, mode) || ' ' || word || ' ' || t[next + 1] || ' '
            || CASE part.kind WHEN 'list' THEN 'ARRAY[' || part.printed || ']' ELSE part.printed END;
        END IF;
      ELSE
        SELECT * INTO part FROM crdb_catalog.print_unit(t, next + 1, mode, rel);
        printed := crdb_catalog.print_binary(printed, kind, bare, bare_kind, word,
          part.printed, part.kind, part.bare, part.bare_kind, mode, rel);
      END IF;
      next := part.next;
    ELSE
      EXIT;
    END IF;
    kind := 'operator';
  END LOOP;
END
$$;

-- An expression of a table. expected: the type of the column that it fills, for a literal that stands alone.
CREATE OR REPLACE FUNCTION crdb_catalog.expression(source text, rel oid, mode text, expected text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  t text[] := crdb_catalog.expression_tokens(crdb_catalog.unchecked(source));
  whole record;
  printed text;
BEGIN
  IF source IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT * INTO whole FROM crdb_catalog.print_expression(t, 1, mode, rel);
  IF whole.next < cardinality(t) THEN
    PERFORM crdb_catalog.refuse('printing this expression');
  END IF;
  expected := regexp_replace(expected, '\(.*', '');
  IF whole.kind = 'number' THEN
    RETURN crdb_catalog.constant(whole.printed,
      CASE WHEN expected IN ('DECIMAL', 'FLOAT8', 'FLOAT4') THEN expected
           WHEN whole.printed ~ '[.eE]' THEN 'DECIMAL' ELSE 'INT8' END, mode);
  END IF;
  printed := whole.printed;
  IF whole.kind = 'list' THEN
    printed := 'ARRAY[' || printed || ']' || CASE mode WHEN 'typed' THEN ':::' || expected ELSE '' END;
  ELSIF expected = 'TIMESTAMP' AND printed ~
        '^(now|current_timestamp|transaction_timestamp|statement_timestamp|clock_timestamp)\(\):::TIMESTAMPTZ$' THEN
    -- The overload is chosen by the column's type.
    printed := left(printed, -2);
  END IF;
  RETURN printed;
END
$$;
