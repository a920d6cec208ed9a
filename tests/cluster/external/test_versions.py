"""What lessons do on a CockroachDB that is older than the one they were written with: asked, and said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

import cluster
from course import database, session
from course.lessons import find
from course.workspace import Workspace
from notebook_tools import engines, strict
from notebook_tools.compare import read_rules, sanitize
from notebook_tools.runner import CellError, CellResult

from .servers import says, server
from .test_trouble import url

ALTER = "ALTER DATABASE bank SET create_table_with_schema_locked = on"


@pytest.mark.parametrize(("setting", "altered"), [("on", False), ("off", True)])
def test_new_tables_are_locked_as_since_v26_1(
    setting: str, altered: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTER_HOME", str(tmp_path / "home"))
    heard: list[str] = []

    def answers(statement: str) -> str:
        heard.append(statement)
        return setting if "current_setting" in statement else "1"

    with server(says(answers)) as port:
        assert database.mark(url(port, "sslmode=disable"))
    assert (ALTER in heard) is altered
    assert any(said.startswith("COMMENT ON DATABASE bank IS 'Made by the course") for said in heard)


@pytest.mark.parametrize(
    ("version", "said"),
    [("v25.4.13", True), ("v26.0.0", True), ("v26.1.0", False), ("v26.2.4", False), ("v100.1.0", False)],
)
def test_the_first_cell_says_so(version: str, said: bool, someones, tmp_path: Path) -> None:
    running = replace(someones.running, version=version)
    block = session._summary(find("05"), running, Workspace(tmp_path), made=True, kept=None)
    assert ("its new tables schema_locked as since v26.1" in block.plain) is said
    # And a stored output of v26.2 holds there, too.
    today = session._summary(find("05"), someones.running, Workspace(tmp_path), made=True, kept=None)
    rules = read_rules()
    assert sanitize(block.plain, rules) == sanitize(today.plain, rules)
    assert sanitize(block.markdown, rules) == sanitize(today.markdown, rules)


REAL = "CockroachDB CCL v25.4.13 (x86_64-pc-linux-gnu, built 2026/05/01 10:00:00, go1.25.8)"


@pytest.mark.parametrize(
    ("embedded", "real"),
    [
        ("CockroachDB CCL v26.2.4 (embedded: an imitation on PostgreSQL, for learning)", REAL),
        (
            "Cluster: CockroachDB v26.2.4 at 127.0.0.1:26257 (embedded: an imitation on top of PostgreSQL)",
            "Cluster: CockroachDB v25.4.13 at db.example:26257 (external: a cluster that someone else runs)",
        ),
        (
            "engine     embedded, an imitation\nversion    v26.2.4\nprocesses  front 1, postgres 2\nhome  x",
            "engine     external, a cluster\nversion    v25.4.13\nprocesses  not on this machine\nhome  x",
        ),
        ("See: https://go.crdb.dev/issue-v/47636/v26.2", "See: https://go.crdb.dev/issue-v/47636/v25.4"),
        ("cockroachlabs.com/docs/v26.2/x.html", "cockroachlabs.com/docs/v25.4/x.html"),
    ],
)
def test_what_is_said_of_the_engine_is_not_compared(embedded: str, real: str) -> None:
    rules = read_rules()
    assert sanitize(embedded, rules) == sanitize(real, rules)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("engine     embedded", "cluster    embedded"),
        ("the cluster at rest (embedded)", "the cluster at rest"),
        ("CockroachDB CCL v26.2.4 (a)", "PostgreSQL 18.1 (a)"),
    ],
)
def test_and_what_is_said_else_is(one: str, other: str) -> None:
    rules = read_rules()
    assert sanitize(one, rules) != sanitize(other, rules)


@pytest.fixture
def external(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebooks run on somebody's cluster, of the lessons' version."""
    monkeypatch.setenv("CLUSTER_ENGINE", "")
    monkeypatch.setattr(engines, "version", lambda: cluster.COCKROACHDB)


def cell(tags: list[str], outputs: list[NotebookNode], *, raises: bool = False) -> SimpleNamespace:
    """A cell as the judge sees it: its tags, its stored outputs."""
    return SimpleNamespace(
        cell=SimpleNamespace(metadata={"tags": tags}, execution_count=1, outputs=outputs),
        options={"check_exception": raises, "check": True},
        parent=SimpleNamespace(rules=read_rules()),
    )


def printed(text: str) -> list[NotebookNode]:
    return [new_output("stream", name="stdout", text=text)] if text else []


def judge(item: SimpleNamespace, text: str) -> None:
    """Judge a run of the cell that printed this, and raised nothing."""
    strict.StrictCell._judge(item, CellResult(outputs=printed(text), error=None))


@pytest.mark.parametrize(
    ("tags", "version", "judged"),
    [
        (["since-v26.2"], "v25.4.13", False),
        (["since-v26.2"], "v26.1.9", False),
        (["since-v26.2"], "v26.2.4", True),
        (["since-v26.2"], "v26.10.0", True),
        (["raises-exception"], "v25.2.0", True),
    ],
)
def test_a_cell_that_only_newer_versions_can_do(tags, version, judged, monkeypatch) -> None:
    monkeypatch.setattr(engines, "version", lambda: version)
    assert engines.is_judged(tags) is judged


@pytest.mark.parametrize(
    ("engine", "version", "tags"),
    [
        ("embedded", "v26.2.4", []),
        ("external", "v26.2.4", ["embedded-only", "embedded-output"]),
        ("external", "v26.1.9", ["embedded-only", "embedded-output", "since-v26.2"]),
    ],
)
def test_what_the_end_of_the_report_names(engine, version, tags, monkeypatch) -> None:
    monkeypatch.setenv("CLUSTER_ENGINE", engine)
    monkeypatch.setattr(engines, "version", lambda: version)
    known = ["step", "raises-exception", "embedded-only", "embedded-output", "since-v26.2"]
    assert engines.passed_over(known) == tags


NOTICE = "NOTICE: waiting for job(s) to complete: 1229947971752689665\n"
NOTICE += "If the statement is canceled, jobs will continue in the background.\n"


@pytest.mark.parametrize("rest", ["", "DROP INDEX\n"])
@pytest.mark.parametrize(("stored", "new"), [(NOTICE, ""), ("", NOTICE)])
def test_on_a_real_cluster_other_statements_wait_for_jobs(stored, new, rest, external, monkeypatch) -> None:
    item = cell([], printed(stored + rest))
    judge(item, new + rest)
    with pytest.raises(strict.CellFailure, match="ALTER"):
        judge(item, new + rest + "ALTER TABLE\n")
    monkeypatch.setenv("CLUSTER_ENGINE", "embedded")
    with pytest.raises(strict.CellFailure, match="waiting for job"):
        judge(item, new + rest)


def test_what_is_printed_otherwise_there_is_not_compared(external, monkeypatch) -> None:
    item = cell(["embedded-output"], printed("1 row"))
    judge(item, "0 rows")
    failed = CellResult(outputs=[], error=CellError("DatabaseError", "no such table", ""))
    with pytest.raises(strict.CellFailure, match="no such table"):
        strict.StrictCell._judge(item, failed)
    with pytest.raises(strict.CellFailure, match="0 rows"):
        judge(cell([], printed("1 row")), "0 rows")
    monkeypatch.setenv("CLUSTER_ENGINE", "embedded")
    with pytest.raises(strict.CellFailure, match="0 rows"):
        judge(item, "0 rows")


@pytest.mark.parametrize(("engine", "judged"), [("embedded", True), ("cockroach", False), ("", False)])
def test_a_refusal_of_the_embedded_cluster_is_judged_there(engine: str, judged: bool, monkeypatch) -> None:
    monkeypatch.setenv("CLUSTER_ENGINE", engine)
    item = cell(["raises-exception", "embedded-only"], [], raises=True)
    if judged:
        with pytest.raises(strict.CellFailure, match="nothing was raised"):
            judge(item, "")
    else:
        judge(item, "")


def test_on_the_embedded_cluster_everything_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER_ENGINE", "embedded")
    engines.version.cache_clear()
    assert engines.embedded()
    assert engines.version() == cluster.COCKROACHDB
    engines.version.cache_clear()
