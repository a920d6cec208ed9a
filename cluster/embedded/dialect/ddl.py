"""What all schema changes share: names of relations, and several statements as one."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.between import keep_between
from cluster.embedded.dialect.expressions import rewrite
from cluster.embedded.dialect.model import Effect, Notice, Settings, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Token, quote_name, quote_string, split_commas

# Tokens after which a word is still part of an expression.
_CASE, _END = "case", "end"


def relation(reader: Reader) -> list[str]:
    """The name of a table or another object: [name] or [schema, name]. Raises Refusal."""
    return local(reader.path(), reader.settings)


def new_name(reader: Reader, path: Sequence[str]) -> str:
    """The name at the cursor, which the object of that path gets: its own schema may stand before it."""
    *schema, name = relation(reader)
    if schema and schema != (list(path[:-1]) or ["public"]):
        raise unsupported("RENAME TO another schema")
    return name


def local(path: list[str], settings: Settings) -> list[str]:
    """A path without the database, which must be the session's."""
    if len(path) > 3:
        raise unsupported(f"name with {len(path)} parts")
    if len(path) == 3:
        if path[0] != settings.database:
            raise unsupported("a change in another database than the session's own (USE it first)")
        return path[1:]
    if len(path) == 2 and path[0] == settings.database and path[0] != "public":
        # database.table: CockroachDB takes the schema public (docs, "Name resolution").
        return ["public", path[1]]
    return path


def sql_name(path: Sequence[str]) -> str:
    """The path as SQL."""
    return ".".join(quote_name(part) for part in path)


def schema_of(path: Sequence[str]) -> str:
    """The schema as an SQL string literal, '' when the path names none."""
    return quote_string(path[0] if len(path) > 1 else "")


def ddl(
    sql: str | Sequence[str], tag: str, *, notices: tuple[Notice, ...] = (), argument: str | None = None
) -> Statement:
    """A schema change. Several statements become one DO block: atomic, and valid in both protocols.

    PostgreSQL compiles and plans a block anew each time; what is common is one call of a procedure.
    """
    steps = [sql] if isinstance(sql, str) else list(sql)
    text = steps[0] if len(steps) == 1 and not steps[0].startswith(_ONLY_IN_BLOCK) else block(steps)
    return Statement(text, tag=tag, effect=Effect.DDL, notices=notices, argument=argument)


_ONLY_IN_BLOCK = ("PERFORM", "IF ", "EXECUTE", "RAISE")


def block(steps: Sequence[str]) -> str:
    """A DO block of the steps."""
    body = ";\n".join(steps)
    quote = "$ddl$"
    while quote in body:
        quote = quote[:-1] + "_$"
    return f"DO {quote}BEGIN\n{body};\nEND{quote}"


def helper(name: str, *arguments: str) -> str:
    """A call of one of the helpers in sql/50_ddl.sql; arguments as SQL."""
    return f"PERFORM crdb_catalog.{name}({', '.join(arguments)})"


def procedure(name: str, *arguments: str) -> str:
    """A call of a procedure there: a statement by itself, and a step of a block."""
    return f"CALL crdb_catalog.{name}({', '.join(arguments)})"


def guarded(path: list[str], steps: list[str], if_not_exists: bool) -> list[str]:
    """The steps, when the name is free: crdb_catalog.free raises, or gives false after a notice."""
    check = f"crdb_catalog.free({schema_of(path)}, {quote_string(path[-1])}, {str(if_not_exists).lower()})"
    return [f"IF {check} THEN\n" + ";\n".join(steps) + ";\nEND IF"]


def expression(tokens: Sequence[Token], settings: Settings) -> str:
    """An expression that the database keeps, in PostgreSQL's words, one blank between tokens."""
    return " ".join(token.text for token in rewrite(keep_between(tokens), settings))


def inner_expression(reader: Reader) -> str:
    """The parenthesized expression at the cursor, with its parentheses."""
    return f"({expression(reader.bracketed(), reader.settings)})"


def until(reader: Reader, stops: frozenset[str]) -> list[Token]:
    """The tokens up to a word of stops, a comma, or the end, at this depth; at least one."""
    taken: list[Token] = []
    depth = 0
    while not reader.done:
        key = reader.token.key
        if depth == 0 and (key in (",", ")", "]") or (taken and key in stops)):
            break
        if key in ("(", "[", "{", _CASE):
            depth += 1
        elif key in (")", "]", "}", _END):
            depth -= 1
        taken.append(reader.take())
    if not taken:
        raise reader.fault()
    return taken


def behavior(reader: Reader) -> str:
    """CASCADE or RESTRICT, with a blank before it; "" for neither."""
    found = reader.one_of("cascade", "restrict")
    return f" {found.upper()}" if found else ""


def storage_parameters(reader: Reader) -> dict[str, str]:
    """(name = value, …) at the cursor: names in lower case, values as written, unquoted."""
    found: dict[str, str] = {}
    for part in split_commas(reader.bracketed()):
        if not part:
            raise reader.fault()
        value = part[2:] if len(part) > 1 and part[1].key == "=" else part[1:]
        text = " ".join(token.text for token in value)
        found[part[0].key.strip('"')] = text[1:-1] if text.startswith("'") else text
    return found
