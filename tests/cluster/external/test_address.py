"""URLs: those that work, and those that do not, each with its line, which never holds the password."""

from __future__ import annotations

from pathlib import Path

import psycopg2.extensions
import pytest
from sqlalchemy import make_url

from cluster import Cluster, ClusterError
from cluster.external.address import Address, read

PASSWORD = "p@s/s:w?o#r%d é&=+"
QUOTED = "p%40s%2Fs%3Aw%3Fo%23r%25d%20%C3%A9%26%3D%2B"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "postgresql://ann:x@db:1/defaultdb?sslmode=disable",
            Address("db", 1, "ann", "x", (("sslmode", "disable"),)),
        ),
        ("cockroachdb://ann:x@db", Address("db", 26257, "ann", "x", (("sslmode", "require"),))),
        ("cockroachdb+psycopg2://ann@db/", Address("db", 26257, "ann", "", (("sslmode", "require"),))),
        ("postgres://ann:x@[::1]:7/bank", Address("::1", 7, "ann", "x", (("sslmode", "require"),))),
        (
            f"postgresql://ann:{QUOTED}@db/postgres",
            Address("db", 26257, "ann", PASSWORD, (("sslmode", "require"),)),
        ),
        (
            "postgresql://a:x@h.cloud:26257/defaultdb?sslmode=verify-full&options=--cluster%3Droach-7",
            Address(
                "h.cloud", 26257, "a", "x", (("sslmode", "verify-full"), ("options", "--cluster=roach-7"))
            ),
        ),
        (
            "postgresql://a@h/?application_name=mine&connect_timeout=3&sslrootcert=system",
            Address("h", 26257, "a", "", (("sslrootcert", "system"), ("sslmode", "verify-full"))),
        ),
    ],
)
def test_what_can_be_used(url: str, address: Address) -> None:
    assert read(url, "CLUSTER_URL") == address


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "does not begin with postgresql:// or cockroachdb://"),
        ("mysql://u:secret@h/bank", "does not begin with postgresql://"),
        ("u:secret@h", "does not begin with postgresql://"),
        ("postgresql://u:sec/ret@h:1/bank", "no port; in a password write / as %2F"),
        ("postgresql://u:sec?ret@h:1/bank", "no port"),
        ("postgresql://u:secret#@h:1/bank", "in a password write %23"),
        ("postgresql://u:secret@h:99999/bank", "no port"),
        ("postgresql://:secret@h/bank", "the URL names no user"),
        ("postgresql://u:secret@/bank", "the URL must name one host"),
        ("postgresql://u:secret@h1:1,h2:2/bank", ""),
        ("postgresql://u:secret@[::1/bank", "cannot be read"),
        ("postgresql://u:secret@h/production", "let it end in /defaultdb"),
        ("postgresql://u:secret@h/bank?sslmode=on", "sslmode must be one of disable, allow"),
        ("postgresql://u:secret@h/bank?sslmoed=require", "a parameter sslmoed that is not known"),
        ("postgresql://u:secret@h/bank?sslrootcert=ca.crt", "sslrootcert is a relative path"),
        ("postgresql://u:secret@h/bank?sslrootcert=/no/such/ca.crt", "not there: /no/such/ca.crt"),
    ],
)
def test_what_cannot(url: str, said: str) -> None:
    with pytest.raises(ClusterError) as error:
        read(url, "CLUSTER_URL")
    line = str(error.value)
    assert line.startswith("CLUSTER_URL cannot be used: ")
    assert said in line
    assert "\n" not in line
    for piece in ("secret", "sec", "ret@"):
        assert piece not in line


def test_paths_of_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b.crt").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in (tmp_path / "a b.crt", "~/a b.crt", "$HOME/a b.crt"):
        found = read(f"postgresql://u@h?sslrootcert={path}", "X")
        assert found.parameter("sslrootcert") == str(tmp_path / "a b.crt")
    relative = read("postgresql://u@h?sslrootcert=a b.crt", "X", folder=tmp_path)
    assert relative.parameter("sslrootcert") == str(tmp_path / "a b.crt")


@pytest.mark.parametrize("host", ["db.example", "::1"])
def test_the_url_that_the_course_hands_on(host: str, tmp_path: Path) -> None:
    """Both SQLAlchemy and libpq read from it what was put in."""
    root = tmp_path / "root of all.crt"
    parameters = (("sslmode", "verify-full"), ("sslrootcert", str(root)), ("options", "--cluster=a b"))
    url = Cluster("external", "v26.2.4", host, 1, tmp_path, "ann@x", PASSWORD, parameters=parameters).url(
        "bank"
    )
    made = make_url(url)
    assert (made.host, made.username, made.password, made.database) == (host, "ann@x", PASSWORD, "bank")
    assert made.query == dict(parameters)
    libpq = psycopg2.extensions.parse_dsn(url.replace("cockroachdb://", "postgresql://"))
    assert libpq == {
        "host": host,
        "port": "1",
        "user": "ann@x",
        "password": PASSWORD,
        "dbname": "bank",
        **dict(parameters),
    }


def test_an_address_hides_its_password() -> None:
    found = read("postgresql://u:secret@h", "X")
    assert "secret" not in f"{found} {found!r}"
