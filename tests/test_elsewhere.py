"""GitHub Actions, the devcontainer and Binder run only what there is, on versions that are agreed upon.

They cannot be run here. What can be known without that is checked: every command is a target or a command of
ours, every path is there, every version is one that the project names.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

import cluster

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONS = {"actions/checkout": "v6", "actions/setup-python": "v6", "conda-incubator/setup-miniconda": "v3"}
"""The actions that are used, each with a version that was seen in use by others."""


def workflow(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text())
    assert isinstance(content, dict)
    return content


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(name, job) for path in WORKFLOWS for name, job in workflow(path)["jobs"].items()]


def steps() -> list[dict[str, Any]]:
    return [step for _, job in jobs() for step in job["steps"]]


def commands() -> list[str]:
    """Every command line of the workflows, of the devcontainer and of Binder, without its variables."""
    lines = [line for step in steps() for line in step.get("run", "").splitlines()]
    lines.append(devcontainer()["postCreateCommand"])
    for script in ("postBuild", "start"):
        text = (ROOT / ".binder" / script).read_text()
        lines += [line for line in text.splitlines() if not line.startswith(("#", "set ", "exec "))]
    plain = []
    for line in lines:
        line = re.sub(r"\$\{\{ matrix\.version \}\}", cluster.COCKROACHDB, line)
        inner = re.findall(r"\$\(([^)]*)\)", line)
        outer = re.sub(r"\$\([^)]*\)", "VALUE", line).partition(">")[0].partition("||")[0].strip()
        plain += [re.sub(r"^(\w+=\S* *)+", "", each) for each in (*inner, outer)]
    return [line for line in plain if line and not line.startswith("export ")]


def devcontainer() -> dict[str, Any]:
    return dict(json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text()))


def python_is_supported(version: str) -> bool:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return version in SpecifierSet(project["requires-python"])


def known(*command: str) -> set[str]:
    """The words in braces of a usage: the commands of `python -m cluster`."""
    said = subprocess.run(
        [sys.executable, "-m", *command, "--help"], cwd=ROOT, capture_output=True, text=True
    )
    return set(re.findall(r"^    (\w+) +\S", said.stdout, re.M))


# -------------------------------------------------------------------- what they run


def test_there_are_some() -> None:
    assert WORKFLOWS
    assert len(commands()) > 10


def test_every_command_is_one_of_ours() -> None:
    targets = set(re.findall(r"^## (\w+):", (ROOT / "Makefile").read_text(), re.M))
    of_cluster = known("cluster")
    assert {"start", "url", "doctor"} <= of_cluster
    for line in commands():
        words = shlex.split(line)
        if words[0] == "make":
            assert words[1] in targets, line
            assert all(word.startswith("PYTHON=") for word in words[2:]), line
            continue
        assert words[0] in ("python", ".venv/bin/python"), line
        if words[1] == "-c":
            compile(words[2], line, "exec")
            continue
        assert words[1] == "-m", line
        if words[2] == "cluster":
            rest = [word for word in words[3:] if word not in ("--engine", "cockroach", "embedded")]
            assert rest[0] in of_cluster, line
        else:
            assert words[2] in ("pytest", "pip"), line


def test_pytest_gets_options_that_it_knows() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    options = [
        w for line in commands() if " pytest " in line for w in shlex.split(line) if w.startswith("--")
    ]
    assert "--engine-from-environment" in options
    assert [option for option in options if f"{option}" not in said] == []


def test_paths_are_there() -> None:
    for line in commands():
        if " pytest " in line:
            paths = [word for word in shlex.split(line)[3:] if not word.startswith("-") and word != "0"]
            assert paths
            assert all((ROOT / path).exists() for path in paths), line


def test_actions_are_pinned_to_versions() -> None:
    used = {step["uses"] for step in steps() if "uses" in step}
    assert used == {f"{name}@{version}" for name, version in ACTIONS.items()}


def test_versions_agree() -> None:
    matrix = dict(jobs())["cockroachdb"]["strategy"]["matrix"]["version"]
    assert cluster.COCKROACHDB in matrix
    assert [version for version in matrix if re.fullmatch(r"v25\.4\.\d+", version)]
    pythons = [each["python"] for each in dict(jobs())["embedded"]["strategy"]["matrix"]["include"]]
    pythons += [str(s["with"]["python-version"]) for s in steps() if "python-version" in s.get("with", {})]
    named = [version for version in pythons if "matrix" not in version]
    assert named
    assert [version for version in named if not python_is_supported(version)] == []
    least = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert least.removeprefix(">=") in named, "the oldest Python is tested, too"


def test_where_it_is_tested() -> None:
    include = dict(jobs())["embedded"]["strategy"]["matrix"]["include"]
    assert {each["os"].split("-")[0] for each in include} == {"ubuntu", "macos"}
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    [conda] = [step for step in dict(jobs())["conda"]["steps"] if "miniconda" in step.get("uses", "")]
    assert conda["with"]["activate-environment"] == environment["name"]
    assert (ROOT / conda["with"]["environment-file"]).exists()


def test_a_workflow_may_only_read() -> None:
    for path in WORKFLOWS:
        assert workflow(path)["permissions"] == {"contents": "read"}


# -------------------------------------------------------------------- containers


def test_the_devcontainer() -> None:
    image, _, tag = devcontainer()["image"].partition(":")
    assert image == "python"
    assert python_is_supported(tag.partition("-")[0])
    # The folder that make setup makes.
    settings = devcontainer()["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"].endswith("/.venv/bin/python")


def test_binder_installs_what_everybody_has() -> None:
    """repo2docker: a `-r` is local, so the whole repository is there when it is installed (utils.py,
    is_local_pip_requirement); `runtime.txt` names the Python."""
    folder = ROOT / ".binder"
    wanted = [line for line in (folder / "requirements.txt").read_text().splitlines() if line[:1] != "#"]
    assert wanted == ["-r ../requirements.lock"]
    assert (folder / "../requirements.lock").resolve() == ROOT / "requirements.lock"
    assert python_is_supported((folder / "runtime.txt").read_text().strip().removeprefix("python-"))
    assert not (ROOT / "binder").exists(), "repo2docker takes one of the two, or fails"


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_binders_scripts_are_programs(name: str) -> None:
    script = ROOT / ".binder" / name
    assert script.read_text().startswith("#!/bin/bash\n")
    assert script.stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0


def test_binder_starts_a_cluster_and_goes_on(tmp_path: Path) -> None:
    """The script is run as repo2docker runs it: before the program of the session, which it becomes."""
    home = tmp_path / "home"
    environment = os.environ | {"CLUSTER_HOME": str(home), "CLUSTER_ENGINE": "embedded"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = str(ROOT / ".binder" / "start")
    try:
        done = subprocess.run(
            ["bash", script, "sh", "-c", "echo the session; exit 7"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.returncode, done.stdout, done.stderr) == (7, "the session\n", "")
        assert cluster.status(home).running
    finally:
        if home.exists():
            cluster.reset(home, here=True)


def test_binder_goes_on_without_a_cluster(tmp_path: Path) -> None:
    """A lesson starts one, and says what is wrong if it cannot."""
    (tmp_path / "file").write_text("no home")
    environment = os.environ | {"CLUSTER_HOME": str(tmp_path / "file" / "home")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = str(ROOT / ".binder" / "start")
    done = subprocess.run(
        ["bash", script, "echo", "the session"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "the session\n")


def test_no_registry_is_named() -> None:
    files = [*WORKFLOWS, *(ROOT / ".devcontainer").iterdir(), *(ROOT / ".binder").iterdir()]
    hosts = re.compile(r"https?://|\b[\w-]+\.(?:io|com|org|dev)/")
    assert [path.name for path in files if hosts.search(path.read_text())] == []
