"""`python -m cluster install` against a web server on loopback: it works, goes on, and each way to fail."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import io
import os
import shutil
import tarfile
from pathlib import Path
from unittest import mock

import pytest

from cluster import cache
from cluster.__main__ import main
from cluster.cockroach import binary
from cluster.home import Home
from cluster.install import archive, releases, source

from .conftest import NAME, VERSION, Site, allow, packed


def installs(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Install without being asked; what it printed on stdout."""
    assert main(["install", "--yes", *arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which it fails, behind the progress and the question."""
    assert main(["install", "--yes", *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert "Traceback" not in said.err
    assert all(line.startswith(("CockroachDB v", "It ", "https://", "  ", " ", "100")) for line in lines[:-1])
    return lines[-1]


def contents(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*")}


def part(cache: Path, site: Site) -> Path:
    """Where what has come of the archive is kept."""
    return cache / f"{NAME}.{hashlib.sha256(site.content).hexdigest()[:16]}.part"


INSTALLED = {NAME, f"{NAME}/cockroach", f"{NAME}/lib", f"{NAME}/lib/libgeos.so"}


# -------------------------------------------------------------------- it works


def test_it_is_there_and_found(here: Path, capsys) -> None:
    said = installs(capsys)
    program = here / NAME / "cockroach"
    assert said.startswith(f"CockroachDB {VERSION} is installed: {program}\n")
    assert contents(here) == INSTALLED
    assert binary.usable() == binary.Binary(program, VERSION)


def test_it_is_installed_once(here: Path, site: Site, capsys) -> None:
    installs(capsys)
    site.asked.clear()
    installs(capsys)
    assert site.asked == []


def test_it_says_what_it_is_and_asks(here: Path, site: Site, capsys, monkeypatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    site.content += bytes(2_000_000)
    allow(monkeypatch, site.content)
    assert main(["install"]) == 1
    said = capsys.readouterr().err
    assert f"2 MB from {site.url}/{NAME}.tgz" in said
    assert "CockroachDB Software License" in said
    assert said.endswith("Nothing was installed. Without a terminal say so with --yes.\n")
    assert not here.exists()


def test_a_yes_is_enough(here: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: " Yes ")
    assert main(["install"]) == 0
    assert contents(here) == INSTALLED


def test_without_a_terminal(here: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["install"]) == 1
    assert not here.exists()


def test_from_a_file(here: Path, site: Site, capsys, tmp_path: Path) -> None:
    file = tmp_path / "any name.tgz"
    file.write_bytes(site.content)
    installs(capsys, "--from", str(file))
    assert contents(here) == INSTALLED
    assert file.read_bytes() == site.content
    assert site.asked == []


def test_from_a_mirror(here: Path, site: Site, capsys, monkeypatch) -> None:
    monkeypatch.setattr(releases, "BASE", "http://127.0.0.1:1")
    installs(capsys, "--from", f"{site.url}/mirror/x.tgz")
    assert contents(here) == INSTALLED


def test_a_server_that_does_not_tell_the_size(here: Path, site: Site, capsys) -> None:
    site.length = False
    installs(capsys)
    assert contents(here) == INSTALLED


def test_what_an_embedded_cluster_is_told(here: Path, capsys, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    Home(tmp_path / "home").claim("embedded")
    assert "is the embedded one, and stays it." in installs(capsys)


# -------------------------------------------------------------------- it goes on


def test_a_break_and_the_rest(here: Path, site: Site, capsys) -> None:
    site.breaks_after = 100_000
    said = refused(capsys)
    assert said.startswith("The download broke off: ")
    assert said.endswith("Say the same again, and it goes on from there.")
    assert contents(here) == {part(here, site).name}
    assert part(here, site).read_bytes() == site.content[:100_000]
    assert cache.installed() is None
    site.breaks_after = None
    site.asked.clear()
    installs(capsys)
    assert site.asked == ["", "bytes=100000-"]  # the first asks for the size alone
    assert contents(here) == INSTALLED


def test_a_whole_part_is_not_loaded_again(here: Path, site: Site, capsys) -> None:
    here.mkdir()
    part(here, site).write_bytes(site.content)
    installs(capsys)
    assert site.asked == [""]  # the size
    assert contents(here) == INSTALLED


@pytest.mark.parametrize("step", ["hashlib.file_digest", "cluster.install.archive.unpack"])
@pytest.mark.parametrize("stopped", [KeyboardInterrupt, SystemExit], ids=["Ctrl-C", "SIGTERM"])
def test_a_person_who_stops_it_keeps_the_download(here: Path, site: Site, capsys, step, stopped) -> None:
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(SystemExit):
        patch.setattr(step, mock.Mock(side_effect=stopped))
        assert main(["install", "--yes"]) == 130
    capsys.readouterr()
    assert contents(here) == {part(here, site).name}
    site.asked.clear()
    installs(capsys)
    assert site.asked == [""], "only its size was asked for"
    assert contents(here) == INSTALLED


def test_a_server_without_ranges(here: Path, site: Site, capsys) -> None:
    site.breaks_after = 100_000
    refused(capsys)
    site.breaks_after, site.ranges = None, False
    installs(capsys)
    assert contents(here) == INSTALLED


def test_a_part_that_is_too_long(here: Path, site: Site, capsys) -> None:
    """The server answers 416: there is no such range."""
    here.mkdir()
    part(here, site).write_bytes(bytes(len(site.content) + 1))
    installs(capsys)
    assert contents(here) == INSTALLED


def test_a_part_with_wrong_bytes(here: Path, site: Site, capsys) -> None:
    """It goes, and the next try begins anew."""
    here.mkdir()
    part(here, site).write_bytes(b"wrong")
    assert "is not the archive of" in refused(capsys)
    assert contents(here) == set()
    installs(capsys)


def test_what_a_killed_install_left(here: Path, capsys) -> None:
    (here / f"{archive.DRAFT}abc" / NAME).mkdir(parents=True)
    (here / f"{archive.DRAFT}abc" / NAME / "cockroach").write_text("half")
    assert cache.installed() is None
    installs(capsys)
    assert contents(here) == INSTALLED


# -------------------------------------------------------------------- it fails


def test_a_wrong_checksum(here: Path, site: Site, capsys) -> None:
    right = hashlib.sha256(site.content).hexdigest()
    site.content = packed(program=b"#!/bin/sh\necho evil\n")
    wrong = hashlib.sha256(site.content).hexdigest()
    assert refused(capsys) == (
        f"{site.url}/{NAME}.tgz is not the archive of CockroachDB {VERSION} for linux-amd64: its SHA-256 is "
        f"{wrong}, and {right} is the right one. Nothing was installed."
    )
    assert contents(here) == set()


def test_a_file_with_a_wrong_checksum(here: Path, capsys, tmp_path: Path) -> None:
    (tmp_path / "x.tgz").write_bytes(b"something else")
    assert "is not the archive of CockroachDB" in refused(capsys, "--from", str(tmp_path / "x.tgz"))
    assert not here.exists() or contents(here) == set()
    assert (tmp_path / "x.tgz").exists()


@pytest.mark.parametrize(("status", "reason"), [(404, "404 Not Found"), (503, "503 Service Unavailable")])
def test_an_answer_that_is_no_archive(here: Path, site: Site, capsys, status: int, reason: str) -> None:
    site.status = status
    assert refused(capsys).startswith(
        f"There is no archive at {site.url}/{NAME}.tgz: 127.0.0.1 answers {reason}."
    )
    assert not here.exists()


def test_no_network(here: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(releases, "BASE", "http://127.0.0.1:1")
    said = refused(capsys)
    assert said.startswith("127.0.0.1 cannot be reached: ")
    assert said.endswith("name it with --from FILE.")
    assert not here.exists()


def test_a_server_that_falls_silent(here: Path, site: Site, capsys, monkeypatch) -> None:
    monkeypatch.setattr(source, "TIMEOUT", 0.5)
    site.breaks_after, site.silent = 50_000, True
    assert refused(capsys).startswith("The download broke off: ")
    assert part(here, site).stat().st_size == 50_000


def test_no_room_from_the_first(here: Path, site: Site, capsys, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 1))
    said = refused(capsys)
    assert said.startswith(f"There is too little room in {here}: 0 MB are free, and about 1 MB are needed.")
    assert not here.exists()


@pytest.mark.parametrize("step", ["load", "unpack"])
def test_no_room_on_the_way(here: Path, capsys, monkeypatch, step: str) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fails(*given: object, **options: object) -> None:
        raise full

    if step == "load":
        monkeypatch.setattr(archive, "_append", fails)
    else:
        monkeypatch.setattr(tarfile.TarFile, "extract", fails)
    assert refused(capsys) == f"Could not install CockroachDB in {here}: No space left on device."
    assert not here.exists() or contents(here) == set()


@pytest.mark.parametrize(
    ("system", "machine"), [("Linux", "riscv64"), ("Windows", "AMD64"), ("FreeBSD", "amd64")]
)
def test_no_archive_for_this_platform(here: Path, capsys, monkeypatch, system: str, machine: str) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert refused(capsys).startswith(f"CockroachDB's maker has no archive for {system} on {machine}.")
    assert not here.exists()


@pytest.mark.parametrize("answer", [None, "", ValueError("unrecognized configuration name")])
def test_musl(here: Path, capsys, monkeypatch, answer: object) -> None:
    def confstr(name: str) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(os, "confstr", confstr)
    assert refused(capsys).startswith("CockroachDB's programs need glibc")
    assert not here.exists()


def test_a_platform_without_a_known_sum(here: Path, site: Site, capsys, monkeypatch, tmp_path: Path) -> None:
    """Nothing is installed unverified: the sum must be said."""
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    (tmp_path / "x.tgz").write_bytes(site.content)
    said = refused(capsys, "--from", str(tmp_path / "x.tgz"))
    assert said.startswith(f"The SHA-256 of CockroachDB {VERSION} for linux-arm64 is not known here")
    assert said.endswith(f"cockroach-{VERSION}.linux-arm64.tgz.sha256sum, and say it with --sha256.")
    assert not here.exists()


def test_a_sum_of_ones_own(here: Path, site: Site, capsys, monkeypatch) -> None:
    right = hashlib.sha256(site.content).hexdigest()
    monkeypatch.setattr(releases, "SUMS", {VERSION: {}})
    assert "is not the archive of" in refused(capsys, "--sha256", "0" * 64)
    assert contents(here) == set()
    installs(capsys, "--sha256", right.upper())
    assert contents(here) == INSTALLED


def test_our_sum_goes_first(here: Path, capsys) -> None:
    assert "--sha256 is not that of CockroachDB" in refused(capsys, "--sha256", "0" * 64)


@pytest.mark.parametrize("text", ["", "abc", "g" * 64])
def test_a_sum_that_is_none(here: Path, capsys, monkeypatch, text: str) -> None:
    monkeypatch.setattr(releases, "SUMS", {VERSION: {}})
    assert refused(capsys, "--sha256", text) == "--sha256 wants 64 hexadecimal digits."


def test_a_version_that_is_not_known(here: Path, capsys) -> None:
    assert refused(capsys, "--version", "v99.1.0").startswith(
        "There is no v99.1.0 here: choose v26.2.4 or v25.4.13"
    )


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("nowhere.tgz", "Could not read the archive: No such file or directory (nowhere.tgz)."),
        ("/", "Could not read the archive: Is a directory (/)."),
        ("ftp://host/x.tgz", "ftp://host/x.tgz is neither a file nor a URL"),
        ("http://", "http:// leads nowhere: "),
    ],
)
def test_a_place_that_is_none(here: Path, capsys, origin: str, message: str) -> None:
    assert refused(capsys, "--from", origin).startswith(message)
    assert not here.exists()


def test_two_at_once(here: Path, capsys) -> None:
    here.mkdir()
    with (here / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert refused(capsys).startswith("Another install is at work")


# -------------------------------------------------------------------- what an archive may hold


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


@pytest.mark.parametrize(
    "other",
    [
        entry("../evil"),
        entry("/etc/evil"),
        entry(f"{NAME}/../../evil"),
        entry("another/cockroach"),
        entry(f"{NAME}/link", tarfile.SYMTYPE, "/etc/passwd"),
        entry(f"{NAME}/link", tarfile.LNKTYPE, f"{NAME}/cockroach"),
        entry(f"{NAME}/pipe", tarfile.FIFOTYPE),
    ],
    ids=lambda other: f"{other.name} {other.type!r}",
)
def test_a_thing_that_has_no_business_in_it(here: Path, site: Site, capsys, monkeypatch, other) -> None:
    site.content = packed(other)
    allow(monkeypatch, site.content)
    assert "which has no business in it. Nothing was installed." in refused(capsys)
    assert contents(here) == set()
    assert not (here.parent / "evil").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no archive", "The archive cannot be unpacked: "),
        (packed()[:-200_000], "The archive cannot be unpacked: "),
        (packed(name=f"{NAME}/other"), f"The archive holds no {NAME}/cockroach."),
        (packed(program=b"#!/bin/sh\necho v1.0.0\n"), f"The archive holds v1.0.0, not {VERSION}."),
        (packed(program=b"#!/bin/sh\necho broken >&2; exit 1\n"), "`"),
        (packed(program=b"#!/no/such/loader\n"), "/"),
    ],
    ids=["no archive", "cut", "no program", "another version", "broken", "no loader"],
)
def test_an_archive_that_is_no_good(here: Path, site: Site, capsys, monkeypatch, content, message) -> None:
    site.content = content
    allow(monkeypatch, content)
    assert refused(capsys).startswith(message)
    assert contents(here) == set()
