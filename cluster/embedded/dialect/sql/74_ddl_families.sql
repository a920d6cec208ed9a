-- Column families: the changes (pkg/sql/catalog/tabledesc; logic test family).

-- Families of a new table: their columns; a name is generated from all that end up in them
-- (tabledesc, generateFamilyName; logic test family).
CREATE OR REPLACE FUNCTION crdb_catalog.set_families(schema text, tbl text, names text[], columns text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
BEGIN
  DELETE FROM crdb_catalog.family WHERE rel = relation OR NOT EXISTS (SELECT FROM pg_class WHERE oid = rel);
  INSERT INTO crdb_catalog.family
  SELECT relation, place - 1, coalesce(nullif(family, ''), chr(2)),
    (SELECT array_agg(attnum ORDER BY n) FROM unnest(string_to_array(cols, chr(31))) WITH ORDINALITY AS c(col, n)
     JOIN pg_attribute ON attrelid = relation AND attname = col)
  FROM unnest(names, columns) WITH ORDINALITY AS f(family, cols, place);
  IF EXISTS (SELECT FROM crdb_catalog.family JOIN pg_attribute ON attrelid = relation AND attnum = ANY (cols)
             WHERE rel = relation AND crdb_catalog.flags(attoptions) & 8 <> 0) THEN
    -- CockroachDB refuses it too; the words around its reason are not known.
    PERFORM crdb_catalog.refuse('a virtual column in a family');
  END IF;
  UPDATE crdb_catalog.family f SET
    cols = CASE WHEN id > 0 THEN cols ELSE cols || ARRAY(
      SELECT attnum FROM pg_attribute a WHERE attrelid = relation AND attnum > 0 AND crdb_catalog.flags(attoptions) & 4104 = 0
      AND NOT EXISTS (SELECT FROM crdb_catalog.family o WHERE o.rel = relation AND a.attnum = ANY (o.cols))
      ORDER BY attnum) END
  WHERE rel = relation;
  PERFORM crdb_catalog.name_families(relation);
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.name_families(relation regclass) RETURNS void LANGUAGE sql AS $$
  UPDATE crdb_catalog.family SET name = 'fam_' || id || '_' ||
    (SELECT string_agg(attname, '_' ORDER BY n) FROM unnest(cols) WITH ORDINALITY AS c(num, n)
     JOIN pg_attribute ON attrelid = relation AND attnum = num)
  WHERE rel = relation AND name = chr(2)
$$;

-- ADD COLUMN … [CREATE [IF NOT EXISTS]] FAMILY [name]. create_it: '', create or maybe.
CREATE OR REPLACE FUNCTION crdb_catalog.join_family(schema text, tbl text, col text, wanted text, create_it text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  num smallint := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = col AND NOT attisdropped);
  found integer;
BEGIN
  IF NOT EXISTS (SELECT FROM crdb_catalog.family WHERE rel = relation) THEN
    INSERT INTO crdb_catalog.family SELECT relation, 0, 'primary', array_agg(attnum ORDER BY attnum)
    FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attnum <> num;
  END IF;
  SELECT id INTO found FROM crdb_catalog.family WHERE rel = relation AND name = wanted;
  IF found IS NULL AND create_it = '' THEN
    RAISE EXCEPTION USING ERRCODE = 'XXUUU', MESSAGE = format('unknown family "%s"', wanted);
  ELSIF found IS NOT NULL AND create_it = 'create' THEN
    RAISE EXCEPTION USING ERRCODE = 'XXUUU', MESSAGE = format('family "%s" already exists', wanted);
  ELSIF found IS NULL THEN
    INSERT INTO crdb_catalog.family
    SELECT relation, max(id) + 1, coalesce(nullif(wanted, ''), chr(2)), ARRAY[num]
    FROM crdb_catalog.family WHERE rel = relation;
    PERFORM crdb_catalog.name_families(relation);
  ELSE
    UPDATE crdb_catalog.family SET cols = cols || num WHERE rel = relation AND id = found;
  END IF;
END
$$;
