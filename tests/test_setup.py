"""What a newcomer meets first: the list of targets, the pinned versions, and a set-up that fails clearly."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.environment import environment

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ["setup", "lab", "test", "course", "cluster", "stop", "sql", "refresh", "bench", "conda", "clean"]


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def locked() -> dict[str, str]:
    """The lock's versions by name; a package with a version for each Python counts with its first."""
    pins: dict[str, str] = {}
    for name, version in re.findall(
        r"^([\w.-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(), re.M
    ):
        pins.setdefault(name, version)
    return pins


def test_make_alone_explains_every_target() -> None:
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    explained = dict(re.findall(r"^  make (\w+) +(\S.*)$", said, re.M))
    assert set(TARGETS) <= set(explained)
    assert list(explained)[:2] == ["setup", "lab"]


def test_open_tabs_are_remembered_in_the_courses_folder_not_in_the_home() -> None:
    """Else the course opens with the tabs of a person's other project, and that one with the course's."""
    command = [
        str(Path(sys.executable).parent / "jupyter-lab"),
        "--config=scripts/lab/jupyter_lab_config.py",
        "--show-config-json",
    ]
    named = "JUPYTERLAB_WORKSPACES_DIR"
    env = {name: value for name, value in os.environ.items() if name != named}

    def remembered_in(**more: str) -> str | None:
        said = subprocess.run(
            command, cwd=ROOT, env={**env, **more}, capture_output=True, text=True, check=True
        )
        return json.loads(said.stdout)["LabApp"].get("workspaces_dir")

    assert Path(remembered_in() or "").parent == ROOT
    assert remembered_in(**{named: "elsewhere"}) is None  # JupyterLab itself reads the variable


def test_every_dependency_is_pinned_and_the_lock_has_that_version() -> None:
    pins = locked()
    for dependency in project()["dependencies"]:
        pin = re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)(?: *;.*)?", dependency)
        assert pin, f"{dependency}: pin it with =="
        assert pins.get(pin[1]) == pin[2], f"{dependency}: run make lock"


def test_the_lock_has_hashes_and_names_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?://\S+|^--?\w*index\S*", lock, re.M) == []


def test_versions_that_must_fit_together() -> None:
    """sqlalchemy-cockroachdb 2.0.4 needs SQLAlchemy < 2.1, ipython-sql 0.5.0 a prettytable < 3.12."""
    pins = locked()
    assert pins["sqlalchemy-cockroachdb"] == "2.0.4"
    assert pins["sqlalchemy"].startswith("2.0.")
    assert pins["ipython-sql"] == "0.5.0"
    assert pins["prettytable"].split(".")[:2] == ["3", "11"]


def test_environment_yml_has_the_same_pins() -> None:
    assert (ROOT / "environment.yml").read_text() == environment(), "run make lock"
    for dependency in project()["dependencies"]:
        assert f'- "{dependency}"' in environment()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What set-up reads, in a folder of its own (with a blank in its name), and no Python on PATH."""
    folder = tmp_path / "a course"
    (folder / "scripts").mkdir(parents=True)
    for name in ("scripts/setup.sh", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "cat", "cksum", "sed", "dirname", "rm", "mv"):
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    return folder


def set_up(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": str(folder.parent / "bin"), "HOME": os.environ.get("HOME", "/"), **variables}
    shell = shutil.which("sh") or "/bin/sh"
    return subprocess.run(
        [shell, "scripts/setup.sh"], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_a_new_enough_python_set_up_says_so_in_one_line(copy: Path) -> None:
    program(copy.parent / "bin" / "python3", "exit 1")  # as a Python 3.10 answers when asked for 3.11
    said = set_up(copy)
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in said.stderr
    assert not (copy / ".venv").exists()


def test_a_chosen_python_that_is_too_old_is_refused_by_name(copy: Path) -> None:
    program(copy.parent / "bin" / "old", "exit 1")
    said = set_up(copy, PYTHON="old")
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "PYTHON=old is not a Python 3.11 or newer" in said.stderr


def test_without_venv_set_up_says_what_to_install(copy: Path) -> None:
    program(copy.parent / "bin" / "python3", 'case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    said = set_up(copy)
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "apt install python3-venv" in said.stderr


def test_set_up_leaves_an_environment_alone_to_which_venv_is_a_link(copy: Path) -> None:
    theirs = copy.parent / "theirs"
    theirs.mkdir()
    (theirs / "work").touch()
    (copy / ".venv").symlink_to(theirs)
    said = set_up(copy, PYTHON=sys.executable)
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "where it leads is left alone: remove the link" in said.stderr
    assert (theirs / "work").exists()


# A Python that makes a .venv whose own python writes down how it is called, and fails when told to.
RECORDER = r"""
case "$*" in
  "-m venv --clear .venv")
    rm -rf .venv; mkdir -p .venv/bin
    printf '#!/bin/sh\necho "$@" >>calls\n[ ! -e fail ] || exit 1\n' >.venv/bin/python
    chmod +x .venv/bin/python;;
  --version) echo Python 3.12.0;;
esac
"""


def test_set_up_is_done_once_and_again_only_when_something_changed(copy: Path) -> None:
    for tool in ("mkdir", "chmod"):
        (copy.parent / "bin" / tool).symlink_to(shutil.which(tool) or "")
    program(copy.parent / "bin" / "python3", RECORDER)
    calls = copy / "calls"

    def installs() -> list[str]:
        """What was installed by this set-up: `lock`, `project`."""
        said = set_up(copy)
        assert said.returncode == 0, said.stderr
        lines = calls.read_text().splitlines() if calls.exists() else []
        calls.unlink(missing_ok=True)
        return [
            "lock" if "--require-hashes -r requirements.lock" in line else "project"
            for line in lines
            if "pip install" in line
        ]

    assert installs() == ["lock", "project"]
    assert installs() == []
    (copy / "pyproject.toml").write_text((copy / "pyproject.toml").read_text() + "\n# a comment\n")
    assert installs() == ["project"]
    (copy / "requirements.lock").write_text("# empty\n")
    assert installs() == ["lock", "project"]
    assert installs() == []

    # Interrupted: nothing half-made is taken for done.
    (copy / "requirements.lock").write_text("# other\n")
    (copy / "fail").touch()
    said = set_up(copy)
    assert said.returncode == 1
    assert "check the network" in said.stderr
    (copy / "fail").unlink()
    calls.unlink()
    assert installs() == ["lock", "project"]


def test_conda_without_conda_says_so() -> None:
    said = subprocess.run(
        ["/bin/sh", "scripts/conda.sh"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "CONDA": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if shutil.which("conda", path="/usr/bin:/bin"):
        pytest.skip("conda is installed for everybody here")
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "found no conda" in said.stderr
