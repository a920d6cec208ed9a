"""What a session variable is set to: the values as they were typed, checked and in the form that SHOW prints.

Sources: pkg/sql/set_var.go, pkg/sql/paramparse/paramparse.go, pkg/util/humanizeutil; the errors are theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cluster.embedded.dialect.durations import milliseconds
from cluster.embedded.dialect.literals import string_value
from cluster.embedded.dialect.model import Refusal, unsupported
from cluster.embedded.dialect.tokens import Kind as TokenKind
from cluster.embedded.dialect.tokens import Token, name_of, quote_string, split_commas
from cluster.embedded.dialect.variable import Kind, Variable

_TRUE = frozenset(["on", "yes", "true", "t", "1"])
_FALSE = frozenset(["off", "no", "false", "f", "0"])
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgtpe]?)(i?)b?", re.IGNORECASE)
_PREFIXES = "KMGTPE"
# Ranges: least and greatest, and what is said of another (%s: the value); the words differ by variable.
_RANGES = {
    "extra_float_digits": (
        -15, 3, '%s is outside the valid range for parameter "extra_float_digits" (-15 .. 3)',
    ),
    "vector_search_beam_size": (
        1, 2048, "vector_search_beam_size cannot be less than 1 or greater than 2048",
    ),
    "vector_search_rerank_multiplier": (
        0, 100, "vector_search_rerank_multiplier cannot be less than 0 or greater than 100",
    ),
    "copy_num_retries_per_batch": (1, 1 << 31, "copy_num_retries_per_batch must be a positive value: %s"),
    "distsql_plan_gateway_bias": (
        1, 1 << 62, "cannot set distsql_plan_gateway_bias to a non-positive value: %s",
    ),
    "testing_optimizer_random_seed": (-(1 << 62), 1 << 62, ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One value. source: as typed. type: of the literal: string, bool, int, decimal, interval."""

    text: str
    source: str
    type: str = "string"


def invalid(text: str, detail: str | None = None, hint: str | None = None) -> Refusal:
    """The error for a value (22023)."""
    return Refusal("22023", text, detail=detail, hint=hint)


def values(tokens: Sequence[Token]) -> list[Value]:
    """The values after SET name TO. Raises Refusal for an expression that would have to be computed."""
    found = []
    for part in split_commas(tokens):
        source = "".join(token.space + token.text for token in part).strip()
        sign = "-" if part and part[0].key == "-" else ""
        rest = part[1:] if sign or (part and part[0].key == "+") else part
        if len(rest) == 1 and rest[0].kind is TokenKind.NUMBER:
            text = sign + rest[0].text
            found.append(Value(text, source, "int" if text.lstrip("-").isdigit() else "decimal"))
        elif len(part) == 1:
            found.append(_simple(part[0], source))
        elif len(part) == 2 and part[0].key == "interval" and part[1].kind is TokenKind.STRING:
            found.append(Value(_literal(part[1]), source, "interval"))
        else:
            raise unsupported("expression as the value of a session variable")
    return found


def _simple(token: Token, source: str) -> Value:
    if token.kind is TokenKind.STRING:
        return Value(_literal(token), quote_string(_literal(token)).strip())
    if token.kind in (TokenKind.WORD, TokenKind.QUOTED):
        name = name_of(token)
        is_bool = token.kind is TokenKind.WORD and name in ("true", "false")
        return Value(name, source if is_bool else quote_string(name).strip(), "bool" if is_bool else "string")
    raise unsupported("expression as the value of a session variable")


def _literal(token: Token) -> str:
    if token.text[0] in "bBxX":
        raise unsupported("such a literal as the value of a session variable")
    return string_value(token.text)


def single(name: str, found: Sequence[Value]) -> Value:
    """The only value. Raises Refusal when there are several."""
    if len(found) != 1:
        raise invalid(f"SET {name} takes only one argument")
    return found[0]


def checked(name: str, variable: Variable, value: Value, *, lenient: bool = False) -> str:
    """The value as SHOW prints it; lenient: a start-up packet, where each value is text. Raises Refusal."""
    text = value.text
    match variable.kind:
        case Kind.BOOLEAN:
            if value.type not in ("string", "bool"):
                raise _wrong_type(name, "Boolean", value)
            return boolean(name, text)
        case Kind.INTEGER:
            if not lenient and value.type != "int":
                raise _wrong_type(name, "integer", value)
            return _integer(name, variable, text)
        case Kind.FLOAT:
            if not _NUMBER.fullmatch(text):
                raise _wrong_type(name, "float", value)
            return f"{float(text):g}"
        case Kind.BYTES:
            return _bytes(name, text)
        case Kind.DURATION:
            if value.type in ("bool", "decimal"):
                raise unsupported(f"a {value.type} as a duration")
            return str(milliseconds(name, text))
        case Kind.CHOICE:
            return _choice(name, variable, text)
    if value.type != "string":
        raise _wrong_type(name, "string", value)
    return text


def _wrong_type(name: str, wanted: str, value: Value) -> Refusal:
    detail = f"{value.source} is a {value.type}"
    return invalid(
        f'parameter "{name}" requires a{"n" if wanted == "integer" else ""} {wanted} value', detail
    )


def boolean(name: str, text: str) -> str:
    """on or off."""
    lower = text.lower()
    if lower not in _TRUE | _FALSE:
        raise invalid(f'parameter "{name}" requires a Boolean value')
    return "on" if lower in _TRUE else "off"


def _integer(name: str, variable: Variable, text: str) -> str:
    try:
        number = int(text)
    except ValueError:
        raise invalid(f'parameter "{name}" requires an integer value') from None
    if name == "default_int_size" and number not in (4, 8):
        raise invalid("only 4 or 8 are supported by default_int_size")
    if name in _RANGES:
        least, greatest, said = _RANGES[name]
        if not least <= number <= greatest:
            raise invalid(said % number if "%s" in said else said)
    elif variable.least is not None and number < variable.least:
        raise invalid(f"cannot set {name} to a negative value: {number}")
    return str(number)


def _choice(name: str, variable: Variable, text: str) -> str:
    lower = text.lower()
    if {"on", "off"} & set(variable.values) and lower in ("true", "false"):
        lower = "on" if lower == "true" else "off"
    if lower not in variable.values:
        hint = f"Available values: {','.join(variable.values)}"
        raise invalid(f'invalid value for parameter "{variable.spelled or name}": "{text}"', hint=hint)
    return lower


def _bytes(name: str, text: str) -> str:
    """A size in bytes, printed with its binary unit (humanizeutil.IBytes)."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:  # the error is that of a Go library (humanize.ParseBytes)
        raise unsupported("this spelling of a size")
    number, prefix, binary = match.groups()
    size = float(number)
    if prefix:
        size *= (1024 if binary else 1000) ** (_PREFIXES.index(prefix.upper()) + 1)
    if name == "distsql_workmem" and size <= 1:
        raise Refusal("XXUUU", "distsql_workmem can only be set to a value greater than 1")  # pkg/sql/vars.go
    power = 0
    while size >= 1024 and power < len(_PREFIXES):
        size, power = size / 1024, power + 1
    if power == 0:
        return f"{size:.0f} B"
    return f"{size:.{0 if size >= 9.95 else 1}f} {_PREFIXES[power - 1]}iB"
