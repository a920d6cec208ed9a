"""Variables that are sizes in bytes (pkg/sql/vars.go)."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Refusal, Settings, translate


@pytest.mark.parametrize(
    ("text", "sqlstate", "message"),
    [
        ("SET distsql_workmem = '1'", "XXUUU", "distsql_workmem can only be set to a value greater than 1"),
        ("SET distsql_workmem = 'much'", "0A000", "this spelling of a size"),
    ],
)
def test_a_size_is_refused(text: str, sqlstate: str, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(text, Settings())
    assert caught.value.sqlstate == sqlstate
    assert message in caught.value.message
