r"""PostgreSQL's messages and what CockroachDB says instead, by SQLSTATE.

Two lines each: SQLSTATE and pattern of PostgreSQL's; CockroachDB's, after another SQLSTATE if it differs.
{1:type} is a type's name, translated. Where the two agree there is no entry. Sources: CockroachDB's
pkg/sql/sqlerrors/errors.go, pkg/sql/sem/tree (parsing, type checks), pkg/sql/opt/optbuilder, logic tests.
"""

from __future__ import annotations

TYPES: dict[str, str] = {
    "bigint": "int",
    "integer": "int4",
    "smallint": "int2",
    "boolean": "bool",
    "text": "string",
    "character varying": "varchar",
    "character": "char",
    "numeric": "decimal",
    "double precision": "float",
    "real": "float4",
    "bytea": "bytes",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}

MESSAGES = r"""
42P01 (?:table|view|materialized view|sequence|index) (".*") does not exist
      relation {1} does not exist
42P01 (?:table|view|materialized view|sequence|index) (".*") does not exist, skipping
      relation {1} does not exist, skipping
00000 (?:table|view|materialized view|sequence) (".*") does not exist, skipping
      relation {1} does not exist, skipping
42P01 missing FROM-clause entry for table "(.*)"
      no data source matches prefix: {1} in this context
42P01 invalid reference to FROM-clause entry for table "(.*)"
      no data source matches prefix: {1} in this context
42703 column ([^" ]+) does not exist
      column "{1}" does not exist
42703 column "(.*)" of relation ".*" does not exist
      column "{1}" does not exist
42703 column "(.*)" named in key does not exist
      column "{1}" does not exist
42701 column "(.*)" specified more than once
      duplicate column name: "{1}"
42710 role "(.*)" already exists
      a role/user named {1} already exists
42704 role "admin" does not exist
      0A000 a statement about the role admin is not supported by the embedded cluster
42704 role "(.*)" does not exist
      role/user "{1}" does not exist
0LP01 role "(.*)" is a member of role "\1"
      {1} cannot be a member of itself
0LP01 role "(.*)" is a member of role "(.*)"
      making {2} a member of {1} would create a cycle
42710 constraint "(.*)" for relation ".*" already exists
      duplicate constraint name: "{1}"
42704 schema "(.*)" does not exist
      3F000 unknown schema "{1}"
3F000 schema "(.*)" does not exist
      unknown schema "{1}"
42803 column "(?:[^".]+\.)?([^".]+)" must appear in the GROUP BY clause or be used in an aggregate function
      column "{1}" must appear in the GROUP BY clause or be used in an aggregate function
23502 null value in column "(.*)" of relation ".*" violates not-null constraint
      null value in column "{1}" violates not-null constraint
23502 column "(.*)" of relation ".*" contains null values
      null value in column "{1}" violates not-null constraint
23514 new row for relation ".*" violates check constraint "(.*)"
      failed to satisfy CHECK constraint ({1})
23514 check constraint "(.*)" of relation ".*" is violated by some row
      validation of CHECK constraint "{1}" failed
23505 could not create unique index "(.*)"
      failed to ingest index entries during backfill: duplicate key value violates unique constraint "{1}"
42883 operator does not exist: (.+) ~~ (.+)
      22023 unsupported comparison operator: <{1:type}> LIKE <{2:type}>
42883 operator does not exist: (.+) !~~ (.+)
      22023 unsupported comparison operator: <{1:type}> NOT LIKE <{2:type}>
42883 operator does not exist: (.+) ~~\* (.+)
      22023 unsupported comparison operator: <{1:type}> ILIKE <{2:type}>
42883 operator does not exist: (.+) (=|<>|<|>|<=|>=) (.+)
      22023 unsupported comparison operator: <{1:type}> {2} <{3:type}>
42883 operator does not exist: (.+) (\S+) (.+)
      22023 unsupported binary operator: <{1:type}> {2} <{3:type}>
42804 column "(.*)" is of type (.*) but expression is of type (.*)
      value type {3:type} doesn't match type {2:type} of column "{1}"
55P04 unsafe use of new value "(.*)" of enum type .*
      22023 enum value "{1}" is not yet public
22P02 invalid input syntax for type uuid: "[Uu][Rr][Nn]:[Uu][Uu][Ii][Dd]:.*"
      0A000 a UUID written as urn:uuid:… is not supported by the embedded cluster
22026 bit string length (\d+) does not match type bit\(1\)
      bit string length {1} does not match type BIT
22026 bit string length (\d+) does not match type bit(\(\d+\))
      bit string length {1} does not match type BIT{2}
22001 bit string too long for type bit varying(\(\d+\))
      bit string too large for type VARBIT{1}
22007 invalid input syntax for type interval: ".*(?:[µμ]|\dns).*"
      0A000 an interval in µs or ns is not supported by the embedded cluster
22P02 invalid input syntax for type uuid: "(.*)"
      could not parse "{1}" as type uuid: uuid: incorrect UUID length: {1}
22P02 invalid input syntax for type (?:bigint|integer|smallint): "(.*)"
      could not parse "{1}" as type int: strconv.ParseInt: parsing "{1}": invalid syntax
22P02 invalid input syntax for type boolean: "(.*)"
      could not parse "{1}" as type bool: invalid bool value
22P02 invalid input syntax for type numeric: "(.*)"
      could not parse "{1}" as type decimal: parse mantissa: {1}
22P02 invalid input syntax for type (?:double precision|real): "(.*)"
      could not parse "{1}" as type float: strconv.ParseFloat: parsing "{1}": invalid syntax
22007 invalid input syntax for type date: "(.*)"
      parsing as type date: could not parse "{1}"
22007 invalid input syntax for type timestamp(?: with(?:out)? time zone)?: "(.*)"
      parsing as type timestamp: could not parse "{1}"
22001 value too long for type character varying\((\d+)\)
      value too long for type VARCHAR({1})
22003 value out of range: (?:over|under)flow
      0A000 a FLOAT beyond its range is not supported by the embedded cluster
2201F zero raised to a negative power is undefined
      0A000 0 to a negative power is not supported by the embedded cluster
22003 bigint out of range
      integer out of range
22003 integer out of range
      integer out of range for type int4
22003 smallint out of range
      integer out of range for type int2
22007 invalid input syntax for type interval: "(.*)"
      could not parse "{1}" as type interval
42804 argument of JOIN/ON must be type boolean, not type (.*)
      argument of ON must be type bool, not type {1:type}
42804 argument of (\S+) must be type boolean, not type (.*)
      argument of {1} must be type bool, not type {2:type}
0A000 (".*" is not a materialized view)
      42809 {1}
42809 ALTER action .* cannot be performed on relation (".*")
      {1} is not a table
42P02 there is no parameter \$(\d+)
      no value provided for placeholder: ${1}
42725 function (.*) is not unique
      ambiguous call: {1}
22023 unit "(.*)" not recognized for type .*
      unsupported timespan: {1}
42804 (\S+) types (.*) and (.*) cannot be matched
      {1} types {2:type} and {3:type} cannot be matched
42809 window function ([^\s()]+)(?:\(\))? requires an OVER clause
      42P20 window function {1}() requires an OVER clause
55000 currval of sequence "(.*)" is not yet defined in this session
      currval(): currval of sequence "{1}" is not yet defined in this session
55000 lastval is not yet defined in this session
      lastval(): lastval is not yet defined in this session
0A000 cross-database references are not implemented: (".*")
      {1}, a relation of another database, is not supported by the embedded cluster
22003 value "(.*)" is out of range for type (?:bigint|integer|smallint)
      could not parse "{1}" as type int: strconv.ParseInt: parsing "{1}": value out of range
21000 ON CONFLICT DO UPDATE command cannot affect row a second time
      UPSERT or INSERT...ON CONFLICT command cannot affect row a second time
25P01 (SET LOCAL can only be used in transaction blocks)
      00000 {1}
22023 invalid value for parameter "TimeZone": "(.*)"
      invalid value for parameter "timezone": "'{1}'": cannot find time zone "{1}"
57014 canceling statement due to statement timeout
      query execution canceled due to statement timeout
57014 canceling statement due to user request
      query execution canceled
42P16 column "(.*)" is in a primary key
      column "{1}" is in a primary index
55000 currval of sequence "(.*)" is not yet defined in this session
      currval(): currval of sequence "{1}" is not yet defined in this session
55000 lastval is not yet defined in this session
      lastval(): lastval is not yet defined in this session
42P10 column (".*") is a generated column
      55000 cannot write directly to computed column {1}
2200H nextval: reached (.*)
      nextval(): reached {1}
22003 setval: value (.*)
      setval(): value {1}
0A000 cannot use column reference in DEFAULT expression
      42601 variable sub-expressions are not allowed in DEFAULT
42P17 cannot use generated column "(.*)" in column generation expression
      42P16 STORED COMPUTED COLUMN expression cannot reference computed columns
42P17 generation expression is not immutable
      0A000 context-dependent operators are not allowed in STORED COMPUTED COLUMN
42P17 functions in index predicate must be marked IMMUTABLE
      0A000 context-dependent operators are not allowed in INDEX PREDICATE
42P17 functions in index expression must be marked IMMUTABLE
      0A000 context-dependent operators are not allowed in EXPRESSION INDEX ELEMENT
42846 cannot cast type (.*) to (.*)
      invalid cast: {1:type} -> {2:TYPE}
42601 multiple assignments to same column "(.*)"
      multiple assignments to the same column "{1}"
2201W LIMIT must not be negative
      negative value for LIMIT
2201X OFFSET must not be negative
      negative value for OFFSET
42601 SELECT \* with no tables specified is not valid
      cannot use "*" without a FROM clause
42P10 table "(.*)" has (\d+) columns available but (\d+) columns specified
      source "{1}" has {2} columns available but {3} columns specified
42712 table name "(.*)" specified more than once
      source name "{1}" specified more than once (missing AS clause)
42712 WITH query name "(.*)" specified more than once
      WITH query name {1} specified more than once
42809 window function (\w+) requires an OVER clause
      window function {1}() requires an OVER clause
42809 OVER specified, but (\w+) is not a window function nor an aggregate function
      OVER specified, but {1}() is neither a window function nor an aggregate function
0A000 set-returning functions are not allowed in (\w+)
      generator functions are not allowed in {1}
42501 permission denied for view (.*)
      42809 "{1}" is not a table
55000 cannot (?:insert into|update|delete from) view "(.*)"
      42809 "{1}" is not a table
42809 cannot change materialized view "(.*)"
      42809 "{1}" is not a table
22P02 invalid input syntax for type json
      could not parse JSON: unexpected EOF
42704 collation "(.*)" for encoding ".*" does not exist
      0A000 COLLATE {1} is not supported by the embedded cluster
"""
