"""The stand-in is as strict as the program that it stands for; its README.md has the sources."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import cluster
from tests.cluster.lifecycle.conftest import Place

from .conftest import program


@pytest.fixture(scope="module")
def cockroach(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return program(tmp_path_factory.mktemp("bin"))


def run(cockroach: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING": "true"}
    return subprocess.run(
        [cockroach, *arguments], capture_output=True, text=True, input="", env=os.environ | own | environment
    )


def certificates(cockroach: Path, directory: Path) -> list[str]:
    """All of them, in a folder; gives the two flags that name it."""
    flags = [f"--certs-dir={directory}", f"--ca-key={directory}.key"]
    for command in (["create-ca"], ["create-node", "127.0.0.1"], ["create-client", "root"]):
        done = run(cockroach, "cert", *command, *flags)
        assert done.returncode == 0, done.stderr
    return flags


@pytest.mark.parametrize(
    "command",
    ["version", "cert create-ca", "cert create-node", "cert create-client", "start-single-node", "sql"],
)
def test_an_unknown_flag(cockroach: Path, command: str) -> None:
    done = run(cockroach, *command.split(), "--garbage=1")
    assert done.returncode == 4
    assert done.stderr.endswith(f'ERROR: unknown flag: --garbage\nFailed running "{command}"\n')
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["serve"], 1, 'unknown command "serve" for "cockroach"\nFailed running "cockroach"\n'),
        (["sql", "--host"], 4, 'flag needs an argument: --host\nFailed running "sql"\n'),
        (["start-single-node", "here"], 1, 'unknown command "here" for "cockroach start-single-node"'),
        (["start-single-node", "--certs-dir=/nowhere"], 1, "no certificates found; does certs dir exist?"),
        (["sql", "--certs-dir=/nowhere"], 1, "no certificates found; does certs dir exist?"),
    ],
)
def test_a_wrong_use(cockroach: Path, arguments: list[str], code: int, said: str) -> None:
    done = run(cockroach, *arguments)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def test_the_build_tag(cockroach: Path) -> None:
    assert run(cockroach, "version", "--build-tag").stdout == "v26.2.4\n"


@pytest.mark.parametrize("command", [["create-ca"], ["create-node", "127.0.0.1"], ["create-client", "root"]])
def test_certificates_are_not_written_over(cockroach: Path, tmp_path: Path, command: list[str]) -> None:
    flags = certificates(cockroach, tmp_path / "certs")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert run(cockroach, "cert", *command, *flags).returncode == 1
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_node_without_its_certificate(cockroach: Path, tmp_path: Path) -> None:
    certificates(cockroach, tmp_path / "certs")
    (tmp_path / "certs" / "node.crt").unlink()
    done = run(cockroach, "start-single-node", f"--certs-dir={tmp_path / 'certs'}")
    assert "problem with node certificate: not found" in done.stderr


def test_a_key_that_others_can_read(cockroach: Path, tmp_path: Path) -> None:
    certificates(cockroach, tmp_path / "certs")
    (tmp_path / "certs" / "node.key").chmod(0o644)
    done = run(cockroach, "start-single-node", f"--certs-dir={tmp_path / 'certs'}")
    assert "has permissions 0o644" in done.stderr


def test_telemetry_must_be_off(cockroach: Path, tmp_path: Path) -> None:
    certificates(cockroach, tmp_path / "certs")
    done = run(
        cockroach,
        "start-single-node",
        f"--certs-dir={tmp_path / 'certs'}",
        COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING="false",
    )
    assert "telemetry must be off" in done.stderr


def test_a_running_node_is_guarded(cockroach: Path, place: Place) -> None:
    """A second one neither on its store nor on its port; root's shell with a certificate, and only there."""
    running = place.start()
    certs = f"--certs-dir={place.home / 'certs'}"
    done = run(cockroach, "start-single-node", certs, f"--store={place.home / 'store'}")
    assert "failed to create engines: lock " in done.stderr
    done = run(
        cockroach,
        "start-single-node",
        certs,
        f"--store={place.home / 'other'}",
        f"--listen-addr=127.0.0.1:{running.port}",
    )
    assert f"listen tcp 127.0.0.1:{running.port}: bind: address already in use" in done.stderr
    done = run(cockroach, "sql", certs, "--host=127.0.0.1:1")
    assert "cannot dial server." in done.stderr
    (place.home / "certs" / "client.root.key").unlink()
    done = run(cockroach, "sql", certs, f"--host=127.0.0.1:{running.port}")
    assert "problem with client.root certificate: not found" in done.stderr
    assert cluster.status(place.home).running


def test_the_url_file(place: Place) -> None:
    running = place.start()
    line = (place.home / "listening-url").read_text()
    assert line.startswith(f"postgresql://root@127.0.0.1:{running.port}/defaultdb?sslmode=verify-full&")
    assert line.endswith("\n")
