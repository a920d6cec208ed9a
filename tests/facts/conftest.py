"""Facts about CockroachDB as pytest items: one a fact, and a table by family at the end.

They run against the cluster at $CLUSTER_URL, a real CockroachDB, or else against an embedded one of this run.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook_tools.strict import sandbox_of
from tests.facts.judge import Refused, Untrue, show
from tests.facts.sessions import Session, Trouble
from tests.facts.slt import Fact, FormatError, read
from tests.facts.target import Target

_HERE = Path(__file__).parent
_target_key = pytest.StashKey[Target]()


class FactsFile(pytest.File):
    """A file of facts, with a database of its own."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a fact."""
        try:
            facts = read(self.path)
        except FormatError as error:
            raise self.CollectError(str(error)) from None
        for fact in facts:
            yield FactItem.from_parent(self, name=fact.sentence, fact=fact)

    @property
    def target(self) -> Target:
        """The cluster, started with the first fact of this process."""
        if _target_key not in self.config.stash:
            self.config.stash[_target_key] = Target(sandbox_of(self.config))
        return self.config.stash[_target_key]

    def setup(self) -> None:
        """A fresh database."""
        self.target.make_database()

    def teardown(self) -> None:
        """Nothing stays."""
        self.target.drop_database()


class FactItem(pytest.Item):
    """One fact."""

    def __init__(self, *, fact: Fact, **given: object) -> None:
        super().__init__(**given)  # type: ignore[arg-type]
        self.fact = fact
        self.user_properties.append(("family", self.path.parent.relative_to(_HERE).as_posix()))

    def runtest(self) -> None:
        """Show it. A fact marked `embedded: refuses` is to meet a refusal there, and nothing else."""
        assert isinstance(self.parent, FactsFile)
        target = self.parent.target
        expected = self.fact.refused and target.embedded
        try:
            show(self.fact, target.url, target.version)
        except Refused:
            if not expected:
                raise
            self.user_properties.append(("refused", True))
        else:
            if expected:
                raise Untrue(
                    "the embedded cluster does not refuse this any more: remove `# embedded: refuses`"
                )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """What a person reads."""
        if isinstance(excinfo.value, (Untrue, Refused, Trouble)):
            return f"{self.path.relative_to(_HERE)}: {self.fact.sentence}\n{excinfo.value}"
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The place of the fact."""
        return self.path, self.fact.line - 1, self.name


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A facts file."""
    return FactsFile.from_parent(parent, path=file_path) if file_path.suffix == ".slt" else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """A cluster that is not ours has one database `facts`: two processes would get into each other's way."""
    worker = getattr(session.config, "workerinput", None)
    shared = os.environ.get("CLUSTER_URL") and worker and worker["workercount"] > 1
    facts = any(isinstance(item, FactItem) for item in session.items)
    if shared and facts:
        raise pytest.UsageError("facts at CLUSTER_URL run in one process: add -n 0, as `make facts` does")
    if facts and (url := os.environ.get("CLUSTER_URL")):
        try:
            Session(url, "defaultdb").close()
        except Trouble as trouble:
            reason = " ".join(str(trouble).split())
            raise pytest.UsageError(
                f"no cluster answers at CLUSTER_URL ({reason}): start it, mend the URL, or unset CLUSTER_URL"
                " to see the facts on the embedded cluster"
            ) from None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop what was started."""
    if target := session.config.stash.get(_target_key, None):
        target.close(sandbox_of(session.config))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table by family, when nothing but facts was run."""
    families: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            properties = dict(getattr(report, "user_properties", ()))
            if "family" not in properties:
                return
            refused = outcome == "passed" and "refused" in properties
            families[properties["family"]]["refused" if refused else outcome] += 1
    if not families:
        return
    families = defaultdict(Counter, sorted(families.items()))
    families["all"] = sum(families.values(), Counter())
    terminalreporter.section("facts by family")
    terminalreporter.write_line(f"{'family':<16}{'hold':>8}{'refused':>9}{'broken':>8}")
    for family, count in families.items():
        broken = count["failed"] + count["error"]
        terminalreporter.write_line(f"{family:<16}{count['passed']:>8}{count['refused']:>9}{broken:>8}")
