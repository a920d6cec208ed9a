"""What a cluster that answers says of itself: version, TLS, privileges, clock, latency, settings."""

from __future__ import annotations

import datetime
import statistics
import time

from .. import mark
from ..engine import Cluster
from ..errors import ClusterError
from ..external import tls
from ..external.address import Address
from ..external.dial import Call, dial
from ..external.engine import privilege_missing, said, version_of
from ..home import Home
from .finding import Finding

SLOW = 0.3
"""Seconds of a round trip from which on lessons become a test of patience: each makes some hundreds."""
ROUNDS = 9
ASKEW = 2.0
"""Seconds between the server's clock and ours that need a look: certificates go by it."""
SOON = datetime.timedelta(days=14)

UNLOCK = "sql.schema.auto_unlock.enabled"
ROLE = "ALTER ROLE {user} SET {name} = {wanted}"
SETTINGS = (
    # name, what lessons were written with (CockroachDB's defaults), since which version, what differs else
    ("autocommit_before_ddl", "on", (25, 1), "lessons 11 to 14 show what it does"),
    ("default_transaction_isolation", "serializable", (0, 0), "lessons 02 and 11 show retries"),
    ("sql_safe_updates", "off", (0, 0), "with it DROP COLUMN and an UPDATE without WHERE are rejected"),
    ("allow_unsafe_internals", "off", (26, 1), "lessons read no internals"),
    ("default_int_size", "8", (0, 0), "integers are shown as INT8"),
    ("serial_normalization", "rowid", (0, 0), "SERIAL is shown as unique_rowid()"),
    ("timezone", "UTC", (0, 0), "times are shown in UTC"),
    ("statement_timeout", "0", (0, 0), "changes of the schema may take a while"),
    ("transaction_timeout", "0", (0, 0), "lessons keep transactions open to show what they block"),
)


def examine(home: Home, running: Cluster) -> list[Finding]:
    """Ask the cluster. Gives what was found; a refusal is a finding."""
    address = address_of(running)
    try:
        with dial(address) as call:
            version = version_of(call, address)
            return [
                Finding(True, "version", f"CockroachDB {version}"),
                _tls(call, address),
                *_privileges(home, call, address, running),
                _clock(call),
                _latency(call),
                *_settings(call, address, version),
            ]
    except ClusterError as error:
        return [Finding(False, "answers", str(error))]


def address_of(running: Cluster) -> Address:
    """How to reach a cluster; one of ours proves itself with its own certificate."""
    parameters = running.parameters
    if running.certificate:
        proof = {"sslmode": "verify-full", "sslrootcert": str(running.certificate)}
        parameters = tuple({**dict(parameters), **proof}.items())
    return Address(running.host, running.port, running.user, running.password, parameters)


def _tls(call: Call, address: Address) -> Finding:
    mode = address.parameter("sslmode")
    if not call.session.info.ssl_in_use:
        harmless = address.local
        return Finding(
            None if harmless else False,
            "TLS",
            "none: the password and the data go in the clear"
            + (", but they stay on this machine" * harmless),
            ""
            if harmless
            else "sslmode=verify-full in the URL; a cluster for others must not run --insecure",
        )
    protocol = call.session.info.ssl_attribute("protocol") or "TLS"
    until = tls.look(address).until
    now = datetime.datetime.now(datetime.UTC)
    good_until = f", certificate good until {until:%Y-%m-%d}" if until else ""
    if until and until < now:
        return Finding(False, "TLS", f"{protocol}, the certificate has expired: {until:%Y-%m-%d}", "renew it")
    if mode != "verify-full":
        return Finding(
            None if address.local else False,
            "TLS",
            f"{protocol}, sslmode={mode}: nobody has proved that this is your cluster{good_until}",
            "sslmode=verify-full&sslrootcert=/…/root.crt in the URL",
        )
    if until and until - now < SOON:
        return Finding(None, "TLS", f"{protocol}, sslmode={mode}{good_until}: renew it soon")
    return Finding(True, "TLS", f"{protocol}, sslmode={mode}{good_until}")


def _privileges(home: Home, call: Call, address: Address, running: Cluster) -> list[Finding]:
    user = address.user
    missing = privilege_missing(call, address)
    findings = [
        Finding(False, "privileges", missing)
        if missing
        else Finding(True, "privileges", f"{user} may make databases")
    ]
    if not missing and not _controls_jobs(call):
        findings.append(
            Finding(
                False,
                "jobs",
                f"{user} lacks CONTROLJOB: lesson 14 lists jobs and cancels one",
                f"an administrator: ALTER ROLE {user} WITH CONTROLJOB",
            )
        )
    if running.engine == "external":
        findings.append(_practice(mark.whose(call.query, str(address), home), address))
    return findings


def _practice(whose: mark.Whose, address: Address) -> Finding:
    """What lessons will do with the practice database of a cluster that someone else runs."""
    good = {
        "nobody's": "not there yet: lessons make it",
        "ours": "made and marked by this course",
        "unfinished": "left by a lesson that was ended while it made it: lessons make it anew",
    }
    if whose in good:
        return Finding(True, mark.DATABASE, good[whose])
    return Finding(False, mark.DATABASE, mark.refusal(whose, str(address)))


def _controls_jobs(call: Call) -> bool:
    """Whether the user may list and cancel jobs (docs: v26.2 show-jobs, cancel-job)."""
    import psycopg2

    if call.value("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        return True
    for statement in (
        "SELECT options::STRING FROM [SHOW USERS] WHERE username = current_user",
        # A system privilege may come by a role of the user's: somebody's may be theirs.
        "SELECT privilege_type FROM [SHOW SYSTEM GRANTS]",
    ):
        try:
            if any("CONTROLJOB" in str(row[0]) for row in call.query(statement)):
                return True
        except psycopg2.Error:
            continue
    return False


def _clock(call: Call) -> Finding:
    before = time.time()
    server = float(call.value("SELECT extract(epoch FROM clock_timestamp())"))
    ahead = server - (before + time.time()) / 2
    if abs(ahead) <= ASKEW:
        return Finding(True, "clock", f"the server's agrees with this machine's within {ASKEW:.0f} s")
    return Finding(
        False,
        "clock",
        f"the server's is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's",
        "set the wrong one of them by a time server (NTP)",
    )


def _latency(call: Call) -> Finding:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        call.query("SELECT 1")
        taken.append(time.perf_counter() - begun)
    median = statistics.median(taken)
    said_so = f"a round trip takes {median * 1000:.1f} ms (median of {ROUNDS})"
    if median <= SLOW:
        return Finding(True, "latency", said_so)
    return Finding(False, "latency", said_so, "take a cluster that is nearer, or the embedded one")


def _locked_for_good(call: Call) -> bool:
    """Whether schema changes do not unlock a table by themselves. Only some may ask; who may not is not told.

    Source: github.com/cockroachdb/cockroach/pull/166246.
    """
    import psycopg2

    try:
        return str(call.value(f"SHOW CLUSTER SETTING {UNLOCK}")).lower() in ("false", "f", "off")
    except psycopg2.Error:
        return False


def _settings(call: Call, address: Address, version: str) -> list[Finding]:
    import psycopg2

    number = tuple(int(part) for part in version.removeprefix("v").split(".")[:2])
    findings = []
    known = [each for each in SETTINGS if number >= each[2]]
    for name, wanted, _, why in known:
        try:
            found = str(call.value(f"SHOW {name}"))
        except psycopg2.Error as error:
            findings.append(Finding(None, "setting", f"{name}: this version says: {said(error)}"))
            continue
        if found.lower() == wanted.lower():
            continue
        mend = ROLE.format(user=address.user, name=name, wanted=f"'{wanted}'")
        findings.append(Finding(False, "setting", f"{name} is {found}, lessons need {wanted}: {why}", mend))
    if not findings:
        findings.append(
            Finding(True, "settings", f"the {len(known)} that lessons need are as they need them")
        )
    if _locked_for_good(call):
        findings.append(
            Finding(
                False,
                "setting",
                f"{UNLOCK} is false: a schema_locked table refuses what lessons do",
                f"an administrator: SET CLUSTER SETTING {UNLOCK} = true",
            )
        )
    if number < (26, 1):
        findings.append(
            Finding(
                None,
                "tables",
                "not schema_locked before v26.1, as lessons 11, 18 and 22 show them: the course sets "
                f"create_table_with_schema_locked for {mark.DATABASE}",
            )
        )
    return findings
