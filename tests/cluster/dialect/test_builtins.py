"""Which functions exist: CockroachDB's, and no others."""

from __future__ import annotations

import psycopg2
import pytest

from cluster.embedded.dialect import translate_error
from cluster.embedded.dialect.builtins import LACKING, NEEDED, PRESENT

from ..conftest import Client


def test_a_name_is_in_one_list() -> None:
    assert not PRESENT & LACKING
    assert not NEEDED & (PRESENT | LACKING)


def test_what_is_said_to_be_there_is_there(client: Client) -> None:
    rows = client.rows("SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace")
    there = {name for (name,) in rows}
    # GREATEST and LEAST are syntax in PostgreSQL.
    assert PRESENT - there == {"greatest", "least"}
    assert not LACKING & there


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("lo_create(1)", "42883 unknown function: lo_create()"),
        ("pg_read_file('x')", "42883 unknown function: pg_read_file()"),
        ("pg_catalog.pg_ls_dir('x')", "42883 unknown function: pg_ls_dir()"),
        ("int4pl(1, 2)", "42883 unknown function: int4pl()"),
        ("json_scalar_of('1')", "42883 unknown function: json_scalar_of()"),
        # Newer than v26.2.
        ("pg_relation_size('pg_class')", "42883 unknown function: pg_relation_size()"),
        ("pg_advisory_lock(1)", "42883 unknown function: pg_advisory_lock()"),
        ("pg_try_advisory_xact_lock(1)", "42883 unknown function: pg_try_advisory_xact_lock()"),
        ("factorial(3)", "42883 unknown function: factorial()"),
        ("trim_scale(1.0)", "42883 unknown function: trim_scale()"),
        ("lower(true)", "42883 unknown signature: lower(bool)"),
        ("sum(true)", "42883 unknown signature: sum(bool)"),
        ("max('1'::JSONB)", "0A000 max() of JSONB is not supported by the embedded cluster"),
        ("'a' COLLATE en", "0A000 COLLATE en is not supported by the embedded cluster"),
        ("soundex('x')", "0A000 soundex() is not supported by the embedded cluster"),
        ("st_area('x')", "0A000 st_area() is not supported by the embedded cluster"),
        ("crdb_internal.cluster_name()",
         "42501 Access to crdb_internal and system is restricted."),
    ],
)  # fmt: skip
def test_answers(client: Client, call: str, answer: str) -> None:
    with pytest.raises(psycopg2.Error) as caught:
        client.rows(f"SELECT {call}")
    assert f"{caught.value.pgcode} {caught.value.diag.message_primary}" == answer


def test_a_signature_names_types_as_cockroachdb_does() -> None:
    fields = {
        "C": "42883",
        "M": "function lpad(character varying[], integer, unknown, timestamp with time zone) does not exist",
    }
    wanted = "unknown signature: lpad(varchar[], int, string, timestamptz)"
    assert translate_error(fields)["M"] == wanted
