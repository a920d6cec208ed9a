"""The exercises of lesson 23, branches, merges, several bases."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .cells import migration
from .compared import last_words
from .model import Context, Exercise, NotYet, Wrong
from .revised import maker

ADA, BEN = "51c0ffee0011", "51c0ffee0012"
BEN_FILE = f"alembic/versions/{BEN}_add_closed_on_to_accounts.py"
ADA_FILE = f"alembic/versions/{ADA}_add_nickname_to_customers.py"
UPGRADE = "%alembic upgrade head"
GATE = "check_heads.py"
PATIENCE = 30
"""Seconds that the gate may take; it loads Alembic, which a machine at work does slowly."""
HEADER = 'revision = "{id}"\ndown_revision = {parent}\nbranch_labels = None\ndepends_on = None\n'


def behind(file: str, parent: str) -> str:
    """The cell that puts the revision of a file behind another."""
    line = f'down_revision: Union[str, Sequence[str], None] = "{parent}"'
    return f'%%edit {file} --replace "down_revision:"\n{line}\n'


def one_line(context: Context) -> None:
    """Ben's revision follows Ada's, no merge joins them, and both have run."""
    parents = {revision.id: revision.parents for revision in context.revisions()}
    if ADA not in parents:
        raise NotYet(f"The revision {ADA} is gone, and its change with it.")
    made = maker(context, "closed_on")  # whoever wrote Ben's anew gave it another id
    ben = BEN if BEN in parents or made is None else made.id
    if ben not in parents:
        raise NotYet(f"The revision {BEN} is gone, and its change with it.")
    if any({ADA, ben} <= above for above in parents.values()):
        raise NotYet("A merge revision joins them: this time the history shall be one line.")
    if ben in parents[ADA]:
        raise NotYet("Ada's follows Ben's now. Production stands at Ada's: it would take Ben's as done.")
    if parents[ben] == parents[ADA]:
        raise NotYet("The history has two heads still: both revisions follow the same one.")
    if parents[ben] != {ADA}:
        follows = ", ".join(sorted(parents[ben])) or "nothing"
        raise NotYet(f"Ben's revision follows {follows}: that makes no line with Ada's.")
    code, said = context.run(["alembic", "heads"])
    if code:
        raise NotYet(f"Alembic cannot read the history: {last_words(said)}")
    if "closed_on" not in context.columns("accounts"):
        raise NotYet("One line it is. Now the database: Ben's change has not run there yet.")
    if context.applied() != context.revisions()[-1].id:
        raise NotYet("alembic_version does not name the end of the line.")


def gate(context: Context) -> None:
    """check_heads.py lets one head pass, in two histories, and refuses two heads by name."""
    script = context.read(GATE)
    line: tuple[tuple[str, str | None], ...] = (("a1", None), ("b2", "a1"), ("c3", "b2"))
    for length in (1, 3):
        code, said = _run(context, script, dict(line[:length]))
        if code:
            last = last_words(said) if said else f"exit code {code}"
            raise NotYet(f"It refuses a history with one head, of length {length}: {last}")
    code, said = _run(context, script, {"a1": None, "b2": "a1", "c3": "a1"})
    if code == 0:
        raise NotYet("Two heads pass: the exit code is 0, whatever it prints.")
    if "Traceback" in said:
        raise NotYet("With two heads it ends in a traceback: a colleague wants one line to read.")
    if not ("b2" in said and "c3" in said):
        raise NotYet("It refuses two heads, but does not name them both.")


def _run(context: Context, script: str, parents: dict[str, str | None]) -> tuple[int, str]:
    """Exit code and output of the script in a project with this history and no database."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        versions = project / "alembic" / "versions"
        versions.mkdir(parents=True)
        (project / "alembic.ini").write_text(context.read("alembic.ini"), encoding="utf-8")
        (project / "alembic" / "env.py").write_text(
            "raise SystemExit('env.py needs a database')\n", encoding="utf-8"
        )
        (project / GATE).write_text(script, encoding="utf-8")
        for one, parent in parents.items():
            (versions / f"{one}_.py").write_text(HEADER.format(id=one, parent=repr(parent)), encoding="utf-8")
        try:
            done = subprocess.run(
                [sys.executable, GATE],
                cwd=project,
                env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            raise NotYet(
                f"{GATE} does not come to an end: it was stopped after {PATIENCE} seconds."
            ) from None
    return done.returncode, done.stdout.strip()


def script(count: str, end: str = "raise SystemExit(f\"{len(heads)} heads: {', '.join(heads)}\")") -> str:
    """The cell that writes the gate."""
    return f"%%edit {GATE} --create\n{count}\n\nif len(heads) != 1:\n    {end}\n"


LIBRARY = """from alembic.config import Config
from alembic.script import ScriptDirectory

heads = ScriptDirectory.from_config(Config("alembic.ini")).get_heads()"""
COMMAND = """import subprocess
import sys

command = [sys.executable, "-m", "alembic", "heads"]
listed = subprocess.run(command, capture_output=True, text=True, check=True)
heads = listed.stdout.splitlines()"""
FILES = """from pathlib import Path

heads = sorted(path.stem for path in Path("alembic/versions").glob("*.py"))"""

EXERCISES = (
    Exercise(
        number="23.1",
        task="Put Ben's revision behind Ada's, without a merge, and upgrade.",
        check=one_line,
        done="One line again, and every database finds its way along it.",
        hints=(
            "Which of the two may move? The one that has run nowhere.",
            "The order is written in one place: the line down_revision of a file.",
            f"Open {BEN_FILE} and let it follow {ADA}. Then upgrade.",
        ),
        solution=(behind(BEN_FILE, ADA), "%alembic heads", UPGRADE),
        variants=(
            # Written anew, behind Ada's.
            (
                f"!rm {BEN_FILE}",
                '%alembic revision -m "add closed_on to accounts"',
                migration(
                    ['op.add_column("accounts", sa.Column("closed_on", sa.Date()))'],
                    ['op.drop_column("accounts", "closed_on")'],
                ),
                UPGRADE,
            ),
        ),
        untouched="two heads still",
        wrong=(
            Wrong(('%alembic merge heads -m "merge again"', UPGRADE), "A merge revision joins them"),
            Wrong((behind(ADA_FILE, BEN),), "it would take Ben's as done"),
            Wrong((behind(BEN_FILE, ADA),), "has not run there yet"),
            Wrong(("%alembic upgrade heads",), "two heads still"),
            Wrong((f"!rm {BEN_FILE}",), f"The revision {BEN} is gone"),
            Wrong((behind(BEN_FILE, "51c0ffee0001"),), "Ben's revision follows 51c0ffee0001: that makes no"),
            Wrong(
                (
                    behind(BEN_FILE, ADA),
                    UPGRADE,
                    f"%%edit {BEN_FILE} --replace 'def downgrade() -> None:'\ndef downgrade(:\n",
                ),
                "add_closed_on_to_accounts.py is no valid Python",
            ),
        ),
    ),
    Exercise(
        number="23.2",
        task="Write check_heads.py, which fails when the history has more than one head.",
        check=gate,
        done="The build stops at a fork, and says between whom.",
        hints=(
            "Alembic's ScriptDirectory reads the folder of revisions; it connects to nothing.",
            'ScriptDirectory.from_config(Config("alembic.ini")) makes one, and it can list its heads.',
            "raise SystemExit(text) prints the text and ends with exit code 1.",
        ),
        solution=(script(LIBRARY),),
        variants=((script(COMMAND),),),
        untouched=f"no file {GATE}",
        wrong=(
            Wrong((script(LIBRARY, "print(heads)"),), "Two heads pass"),
            Wrong((script(FILES),), "of length 3"),
            Wrong((script(LIBRARY, "raise ValueError(heads)"),), "traceback"),
            Wrong((script(LIBRARY).replace("heads =", "heads:="),), "is no valid Python"),
            Wrong((script('import os\n\nheads = [os.environ["DATABASE_URL"]]'),), "of length 1: KeyError"),
            Wrong((script(LIBRARY, 'raise SystemExit("more than one head")'),), "does not name them"),
        ),
    ),
)
