"""What an expression that the database keeps may hold: of a default, a check, a computed column, an index.

Source: pkg/sql/catalog/schemaexpr/expr.go and pkg/sql/sem/tree/type_check.go (rejectFlags, checkVolatility);
words: logic tests computed, default, check_constraints. Contexts are named as in tree.SchemaExprContext.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.ddl import expression
from cluster.embedded.dialect.model import Refusal, Settings
from cluster.embedded.dialect.tokens import Kind, Token, close_of, words

DEFAULT = "DEFAULT"
CHECK = "CHECK"
STORED = "STORED COMPUTED COLUMN"
VIRTUAL = "VIRTUAL COMPUTED COLUMN"
PREDICATE = "INDEX PREDICATE"
ELEMENT = "EXPRESSION INDEX ELEMENT"
_CONSTANT = (STORED, VIRTUAL, PREDICATE, ELEMENT)

_AGGREGATES = words(
    """
    array_agg avg bit_and bit_or bool_and bool_or concat_agg corr count count_rows covar_pop covar_samp every
    json_agg json_object_agg jsonb_agg jsonb_object_agg max min sqrdiff stddev stddev_pop stddev_samp
    string_agg sum sum_int var_pop var_samp variance xor_agg
    """
)
_WINDOWS = words(
    "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value"
)
# Functions whose answer depends on the session or the transaction, and those that differ at each call.
_STABLE = words(
    """
    now transaction_timestamp statement_timestamp current_timestamp current_date current_time localtimestamp
    localtime current_user session_user current_database current_schema current_schemas current_setting
    """
)
_KEYWORDS = words(
    "current_timestamp current_date current_time localtimestamp localtime current_user session_user"
)
_VOLATILE = words(
    """
    random gen_random_uuid gen_random_ulid uuid_generate_v4 uuid_v4 experimental_uuid_v4 unique_rowid
    unordered_unique_rowid clock_timestamp timeofday nextval currval lastval setval cluster_logical_timestamp
    pg_sleep
    """
)


def kept(tokens: Sequence[Token], settings: Settings, context: str) -> str:
    """The expression in PostgreSQL's words. Raises Refusal for what the context does not allow."""
    check(tokens, context)
    if context == DEFAULT and [token.key for token in tokens] == ["array", "[", "]"]:
        return "'{}'"
    return expression(tokens, settings)


def check(tokens: Sequence[Token], context: str) -> None:
    """Raises Refusal for subqueries, parameters, aggregates, window functions and functions that vary."""
    for index, token in enumerate(tokens):
        if token.kind is Kind.PARAM or (token.kind is Kind.WORD and token.key == "select"):
            raise Refusal("42601", f"variable sub-expressions are not allowed in {context}")
        if token.kind is not Kind.WORD or (index and tokens[index - 1].key == "."):
            continue
        if index + 1 < len(tokens) and tokens[index + 1].key == "(":
            _call(tokens, index, context)
        elif token.key in _KEYWORDS and context in _CONSTANT:
            raise _varies(token.key, context)


def _call(tokens: Sequence[Token], index: int, context: str) -> None:
    name = tokens[index].key
    if name in _AGGREGATES or name in _WINDOWS:
        close = close_of(tokens, index + 1)
        if tokens[index + 2].key == "*":
            raise Refusal("42601", f"variable sub-expressions are not allowed in {context}")
        if name in _WINDOWS or (close + 1 < len(tokens) and tokens[close + 1].key == "over"):
            raise Refusal("42P20", f"{name}(): window functions are not allowed in {context}")
        raise Refusal("42803", f"{name}(): aggregate functions are not allowed in {context}")
    if context in _CONSTANT and name in _STABLE:
        raise _varies(name, context)
    if context in _CONSTANT and name in _VOLATILE:
        raise Refusal("0A000", f"{name}(): volatile functions are not allowed in {context}")


def _varies(name: str, context: str) -> Refusal:
    return Refusal("0A000", f"{name}(): context-dependent operators are not allowed in {context}")
