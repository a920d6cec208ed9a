"""JSONB in results: bytes to bytes."""

from __future__ import annotations

import struct

import pytest

from cluster.embedded.front.documents import document_columns, sorted_document, sorted_row


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (b'{"a": 2, "bb": 1}', b'{"a": 2, "bb": 1}'),
        (b'{"b": 1, "aa": 2}', b'{"aa": 2, "b": 1}'),
        (b'{"z": {"y": 1, "xx": [1.00, {"q": null, "pp": true}]}}',
         b'{"z": {"xx": [1.00, {"pp": true, "q": null}], "y": 1}}'),
        (b'\x01{"b": 1e5, "aa": "\\u0001 \\" \xc3\xa9"}', b'\x01{"aa": "\\u0001 \\" \xc3\xa9", "b": 1e5}'),
        (b"[1, 2.50]", b"[1, 2.50]"),
    ],
)  # fmt: skip
def test_documents(sent: bytes, shown: bytes) -> None:
    assert sorted_document(sent) == shown


def _description(*oids: int) -> bytes:
    columns = b"".join(b"c\0" + struct.pack("!IHIhiH", 0, 0, oid, -1, -1, 0) for oid in oids)
    return struct.pack("!H", len(oids)) + columns


def test_the_columns_of_a_description() -> None:
    assert document_columns(_description(20, 3802, 25, 3802)) == (1, 3)
    assert document_columns(_description(20, 25)) == ()
    # The OID's bytes elsewhere are no column.
    assert document_columns(_description(20)[:-6] + b"\x00\x00\x0e\xda" + b"\0\0") == ()


def test_only_the_documents_of_a_row_are_sorted() -> None:
    def row(*values: bytes | None) -> bytes:
        parts = [
            struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
            for value in values
        ]
        return struct.pack("!H", len(values)) + b"".join(parts)

    text = b'{"b": 1, "aa": 2}'
    frame = sorted_row(row(text, text, None), (1, 2))
    payload = row(text, b'{"aa": 2, "b": 1}', None)
    assert frame == b"D" + struct.pack("!i", len(payload) + 4) + payload
