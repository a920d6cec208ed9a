"""What counts as a changed output, and what must be allowed to vary."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from notebook_tools.compare import difference, read_rules, sanitize

RULES = read_rules()


def out(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def shown(kind: str = "display_data", **data: object) -> NotebookNode:
    return new_output(kind, data={mime.replace("_", "/"): content for mime, content in data.items()})


def error(name: str, value: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=value, traceback=["not compared"])


SAME_BUT_FOR_WHAT_VARIES = [
    ("Running upgrade  -> 1975ea83b712, create", "Running upgrade  -> 4c9a0f1e22b7, create"),
    ("alembic/versions/1975ea83b712_create.py", "alembic/versions/4c9a0f1e22b7_create.py"),
    ("id 3f0d7a52-8d1c-4a1e-9a40-0e6f9a2d1c11", "id 0b6f2c1e-1111-4222-8333-944455566677"),
    ("cockroachdb://demo:aB-3_x@127.0.0.1:26257/bank", "cockroachdb://demo:Zz9@127.0.0.1:26301/bank"),
    ("Create Date: 2026-01-02 03:04:05.123456", "Create Date: 2025-12-31 23:59:59.000001"),
    ("at 2026-01-02 03:04:05+00:00", "at 2026-02-02 03:04:06.5+00:00"),
    ("ran in 1.25 s", "ran in 340 ms"),
    ('File "alembic/env.py", line 132, in <module>', 'File "alembic/env.py", line 9, in <module>'),
    ("| ≈ 54 | ≈ 5.0 s | ≈ 7 ms |", "| ≈ 1234 | ≈ 12 s | ≈ 103 ms |"),
    ("| 1012345678901234567 |", "| 987654321098765432 |"),
    ("alembic 1.20.1, Python 3.11.7", "alembic 1.21.0, Python 3.13.0"),
    ("File /home/ann/course/.venv/lib/env.py", "File /srv/x/env.py"),
    ("the cluster listens on port 26257", "the cluster listens on port 31001"),
    ("+------+\n| a    |\n+------+", "+----------+\n| a        |\n+----------+"),
    ("\x1b[31mred\x1b[0m\r\n", "red\n"),
]


@pytest.mark.parametrize(("one", "other"), SAME_BUT_FOR_WHAT_VARIES)
def test_what_must_vary_is_not_compared(one: str, other: str) -> None:
    assert one != other
    assert sanitize(one, RULES) == sanitize(other, RULES)


CHANGED = [
    ("balance 100", "balance 101"),
    ("accounts_pkey", "primary"),
    ("CockroachDB v26.2", "CockroachDB v25.4"),
    ("Running upgrade  -> 1975ea83b712, create accounts", "Running upgrade  -> 1975ea83b712, add column"),
    ("Running upgrade 1975ea83b712 -> 4c9a0f1e22b7", "Running upgrade  -> 4c9a0f1e22b7"),
    ("cockroachdb://demo:x@127.0.0.1:26257/bank", "cockroachdb://root:x@127.0.0.1:26257/bank"),
    ("…/bank?sslmode=require", "…/bank?sslmode=disable"),
    ("| 100 |", "| 101 |"),
    ("alembic/env.py", "alembic/env.ini"),
    ("port 26257 is taken", "port 26257 is free"),
    ("100 accounts", "99 accounts"),
    ("/home/ann/models.py", "/home/ann/operations.py"),
    ("a b", "ab"),
    ('File "alembic/versions/a.py", line 22', 'File "alembic/versions/a.py", line 23'),
    ("≈ 3: 23502", "≈ 3: 42703"),
    ("errors ≈ 3", "errors none"),
]


@pytest.mark.parametrize(("one", "other"), CHANGED)
def test_what_teaches_is_compared(one: str, other: str) -> None:
    assert sanitize(one, RULES) != sanitize(other, RULES)


DIFFERENCES: list[tuple[str, list[NotebookNode], list[NotebookNode], str | None]] = [
    ("equal", [out("a\n")], [out("a\n")], None),
    ("cut elsewhere", [out("a\nb\n")], [out("a\n"), out("b\n")], None),
    ("mixed elsewhere", [out("a\n"), out("w", "stderr")], [out("w", "stderr"), out("a\n")], None),
    (
        "other text",
        [out("a\n")],
        [out("b\n")],
        "stdout: (- stored in the notebook, + came now)\n  - a\n  + b",
    ),
    ("stderr counts", [], [out("Warning\n", "stderr")], "stderr: came, but is not stored"),
    (
        "missing",
        [shown(text_plain="1")],
        [],
        "output 1, text/plain: stored in the notebook, but nothing came",
    ),
    ("extra", [], [shown(text_plain="1")], "output 1, text/plain: came, but is not stored"),
    (
        "order",
        [shown(text_plain="1"), shown(text_plain="2")],
        [shown(text_plain="2"), shown(text_plain="1")],
        "- 1",
    ),
    ("other form", [shown(text_plain="1")], [shown(text_plain="1", text_html="<b>1</b>")], "text/html: came"),
    ("html", [shown(text_html="<td>1</td>")], [shown(text_html="<td>2</td>")], "+ <td>2</td>"),
    ("json", [shown(application_json={"a": 1})], [shown(application_json={"a": 2})], '+  "a": 2'),
    ("same image, other bytes", [shown(image_png="AAAA")], [shown(image_png="BBBB")], None),
    (
        "no image",
        [shown(image_png="AAAA")],
        [],
        "output 1, image/png: stored in the notebook, but nothing came",
    ),
    ("other error", [error("ValueError", "no")], [error("KeyError", "no")], "- ValueError: no"),
    ("other message", [error("ValueError", "no")], [error("ValueError", "yes")], "+ ValueError: yes"),
    ("same error", [error("ValueError", "no")], [error("ValueError", "no")], None),
]


@pytest.mark.parametrize(
    ("stored", "new", "said"), [case[1:] for case in DIFFERENCES], ids=[c[0] for c in DIFFERENCES]
)
def test_difference(stored: list[NotebookNode], new: list[NotebookNode], said: str | None) -> None:
    differs = difference(stored, new, RULES)
    if said is None:
        assert differs is None
    else:
        assert differs is not None
        assert said in differs
