"""What is wrong with a cluster of someone's: one clear line, within ten seconds."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from cluster import ClusterError
from cluster.external import address, dial
from cluster.external.engine import privilege_missing, version_of

from .conftest import LIMIT, Learner, Someones
from .servers import Authority, deaf, says, server, shows, silent, silent_behind_tls


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    (tmp_path / "authority").mkdir()
    return Authority(tmp_path / "authority")


def url(port: int, query: str = "sslmode=require", host: str = "127.0.0.1") -> str:
    return f"postgresql://ann:secret@{host}:{port}/defaultdb?{query}"


# -------------------------------------------------------------------- hosts


def test_nothing_listens(learner: Learner) -> None:
    line = learner.refused("start", CLUSTER_URL=url(1))
    assert line.startswith("Nothing answers at 127.0.0.1:1: connection refused. Is the cluster running")


def test_no_such_host(learner: Learner) -> None:
    line = learner.refused("start", CLUSTER_URL=url(26257, host="no-such-host.invalid"))
    assert line.startswith("There is no host no-such-host.invalid: the name cannot be found.")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse where Linux drops")
def test_a_dead_host(learner: Learner) -> None:
    with deaf() as port:
        line = learner.refused("start", CLUSTER_URL=url(port))
    assert line.startswith(f"The cluster at 127.0.0.1:{port} does not answer within 7 s. Is it running")


@pytest.mark.parametrize("how", [silent, silent_behind_tls])
def test_a_port_that_takes_everything_and_says_nothing(learner: Learner, how) -> None:
    with server(how) as port:
        line = learner.refused("start", CLUSTER_URL=url(port))
    assert line.startswith(f"The cluster at 127.0.0.1:{port} does not answer within 7 s.")


def test_a_name_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    never = threading.Event()
    monkeypatch.setattr(dial.socket, "getaddrinfo", lambda *_, **__: never.wait())
    begun = time.monotonic()
    with pytest.raises(ClusterError, match="No name server says within 7 s where h is"):
        dial.dial(address.read(url(1, host="h"), "X")).__enter__()
    assert time.monotonic() - begun < LIMIT
    never.set()


# -------------------------------------------------------------------- who it is, and who we are


def test_a_wrong_password(clean: Someones, learner: Learner, secret) -> None:
    wrong = clean.plain.replace(clean.running.password, "secret")
    line = learner.refused("start", CLUSTER_URL=wrong)
    assert f"127.0.0.1:{clean.running.port} refuses the user demo with this password." in line
    assert "secret" not in line


def test_no_password(clean: Someones, learner: Learner) -> None:
    line = learner.refused("start", CLUSTER_URL=clean.plain.replace(f":{clean.running.password}@", "@"))
    assert line.endswith("wants a password, and the URL has none: demo:PASSWORD@")


@pytest.mark.parametrize(
    "password", ["p@s/s:w?o#r%d é", "'; DROP DATABASE shop; --", "%41%2541", "a b+c&d=e"]
)
def test_passwords_with_odd_characters(clean: Someones, learner: Learner, password: str) -> None:
    from urllib.parse import quote

    quoted = password.replace("'", "''")
    clean.run("DROP USER IF EXISTS odd")
    clean.run(f"CREATE USER odd WITH PASSWORD '{quoted}' CREATEDB")
    theirs = clean.plain.replace(f"demo:{clean.running.password}", f"odd:{quote(password, safe='')}")
    assert "answers: CockroachDB" in learner.run("start", CLUSTER_URL=theirs).stdout
    learner.run("use", theirs)
    assert "(1 row)" in learner.run("sql", "-e", "SELECT 1").stdout
    clean.run("DROP USER odd")


def test_a_user_who_may_not_make_databases(clean: Someones, learner: Learner) -> None:
    clean.run("DROP USER IF EXISTS reader")
    clean.run("CREATE USER reader WITH PASSWORD 'abcdefgh'")
    theirs = clean.plain.replace(f"demo:{clean.running.password}", "reader:abcdefgh")
    for command in (["start"], ["use", theirs]):
        line = learner.refused(*command, CLUSTER_URL=theirs)
        assert "lacks the privilege CREATEDB, which the course needs for its database bank." in line
        assert line.endswith("ALTER ROLE reader WITH CREATEDB")
    clean.run("ALTER ROLE reader WITH CREATEDB")
    learner.run("start", CLUSTER_URL=theirs)
    clean.run("DROP USER reader")


def test_a_user_who_may_only_read() -> None:
    answers = {"SHOW default_transaction_read_only": "on", "SELECT version()": "CockroachDB CCL v26.2.4 (x)"}
    with server(says(answers.get)) as port:
        found = address.read(url(port, "sslmode=disable"), "X")
        with dial.dial(found) as call:
            line = privilege_missing(call, found)
    assert "may only read: default_transaction_read_only is on." in line


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("PostgreSQL 18.1 on x86_64-pc-linux-gnu, compiled by gcc", "is PostgreSQL 18.1, and no CockroachDB"),
        ("8.0.42", "and no CockroachDB"),
        ("CockroachDB CCL v25.1.9 (x86_64-pc-linux-gnu, built …)", "v25.1.9: lessons need v25.2 or newer"),
        ("CockroachDB CCL v24.3.0-rc.1 (x86_64, …)", "v24.3.0-rc.1: lessons need v25.2 or newer"),
        ("CockroachDB of another kind", "does not tell its version"),
    ],
)
def test_no_cockroachdb_or_one_that_is_too_old(learner: Learner, version: str, said: str) -> None:
    with server(says({"SELECT version()": version}.get)) as port:
        line = learner.refused("start", CLUSTER_URL=url(port, "sslmode=disable"))
    assert said in line


@pytest.mark.parametrize("version", ["v25.2.0", "v25.4.13", "v26.2.4", "v26.10.0-alpha.1", "v100.1.0"])
def test_versions_that_will_do(version: str) -> None:
    with server(says({"SELECT version()": f"CockroachDB CCL {version} (x)"}.get)) as port:
        found = address.read(url(port, "sslmode=disable"), "X")
        with dial.dial(found) as call:
            assert version_of(call, found) == version


def test_a_server_that_falls_silent_in_the_middle() -> None:
    def answers(statement: str) -> str:
        time.sleep(60)  # a daemon's: it ends with the process
        return ""

    with server(says(answers)) as port, pytest.raises(ClusterError, match="does not answer within 1 s"):
        found = address.read(url(port, "sslmode=disable"), "X")
        with dial.dial(found, patience=1.0) as call:
            call.query("SELECT 1")


# -------------------------------------------------------------------- TLS


def test_a_proved_cluster(clean: Someones, learner: Learner) -> None:
    proved = clean.url(sslmode="verify-full", sslrootcert=str(clean.running.certificate))
    assert "answers: CockroachDB" in learner.run("start", CLUSTER_URL=proved).stdout


def test_an_expired_certificate(learner: Learner, authority: Authority) -> None:
    with server(shows(*authority.server("127.0.0.1", since=-9, until=-1))) as port:
        line = learner.refused(
            "start", CLUSTER_URL=url(port, f"sslmode=verify-full&sslrootcert={authority.root}")
        )
    assert "has expired: it was good until 20" in line
    assert "must renew it" in line


def test_a_certificate_of_tomorrow(learner: Learner, authority: Authority) -> None:
    with server(shows(*authority.server("127.0.0.1", since=1))) as port:
        line = learner.refused(
            "start", CLUSTER_URL=url(port, f"sslmode=verify-full&sslrootcert={authority.root}")
        )
    assert "Which of them is wrong?" in line


def test_a_certificate_of_another_host(learner: Learner, authority: Authority) -> None:
    with server(shows(*authority.server("db.example"))) as port:
        line = learner.refused(
            "start", CLUSTER_URL=url(port, f"sslmode=verify-full&sslrootcert={authority.root}")
        )
    assert "is for another host. It is for db.example." in line


def test_a_certificate_of_another_authority(clean: Someones, learner: Learner, authority: Authority) -> None:
    wrong = clean.url(sslmode="verify-full", sslrootcert=str(authority.root))
    line = learner.refused("start", CLUSTER_URL=wrong)
    assert f"is not signed by {authority.root}. Take the root certificate of this cluster" in line


def test_no_root_certificate_at_all(clean: Someones, learner: Learner, tmp_path: Path) -> None:
    line = learner.refused("start", CLUSTER_URL=clean.url(sslmode="verify-full"), HOME=str(tmp_path))
    assert "its root certificate is needed" in line
    assert "sslrootcert=/…/root.crt" in line


def test_a_cluster_that_wants_tls(clean: Someones, learner: Learner) -> None:
    line = learner.refused("start", CLUSTER_URL=clean.url(sslmode="disable"))
    assert line.endswith("wants TLS: write sslmode=verify-full (or require) in the URL.")


def test_a_cluster_without_tls(learner: Learner) -> None:
    def insecure(connection) -> None:
        connection.recv(8)
        connection.sendall(b"N")
        silent(connection)

    with server(insecure) as port:
        line = learner.refused("start", CLUSTER_URL=url(port))
    assert "does not speak TLS." in line
    assert line.endswith("sslmode=disable")


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            'connection to server at "h", port 1 failed: FATAL:  codeParamsRoutingFailed: missing cluster '
            "identifier\nHINT:  Ensure …",
            "h serves many clusters and was not told which: add options=--cluster%3DNAME",
        ),
        (
            'connection to server at "h" (1.2.3.4), port 1 failed: ERROR:  this is new\nHINT: x\n',
            "The cluster at h:1 refuses the connection: this is new",
        ),
    ],
)
def test_words_that_no_server_here_says(said: str, line: str) -> None:
    from cluster.external.trouble import explain

    assert explain(said, address.Address("h", 1, "ann")).startswith(line)
