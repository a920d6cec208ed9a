"""Flags as the program takes them: strictly, `--name=value` or `--name value`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

COMMON = {"--log": True, "--log-dir": True, "--logtostderr": True, "--help": False}
CERT = {
    "--certs-dir": True,
    "--ca-key": True,
    "--overwrite": False,
    "--lifetime": True,
    "--key-size": True,
    "--cert-principal-map": True,
}
CLIENT = {
    "--url": True,
    "--host": True,
    "--port": True,
    "--user": True,
    "--certs-dir": True,
    "--insecure": False,
    "--cert-principal-map": True,
}
COMMANDS = {
    "version": {"--build-tag": False},
    "cert create-ca": CERT | {"--allow-ca-key-reuse": False},
    "cert create-node": CERT,
    "cert create-client": CERT | {"--also-generate-pkcs8-key": False, "--tenant-name-scope": True},
    "start-single-node": {
        "--attrs": True,
        "--background": False,
        "--cache": True,
        "--external-io-dir": True,
        "--listening-url-file": True,
        "--locality": True,
        "--max-disk-temp-storage": True,
        "--max-go-memory": True,
        "--max-sql-memory": True,
        "--max-tsdb-memory": True,
        "--pid-file": True,
        "--store": True,
        "--spatial-libs": True,
        "--temp-dir": True,
        "--listen-addr": True,
        "--http-addr": True,
        "--socket-dir": True,
        "--certs-dir": True,
        "--insecure": False,
        "--accept-sql-without-tls": False,
        "--cert-principal-map": True,
    },
    "sql": CLIENT
    | {
        "--database": True,
        "--execute": True,
        "--echo-sql": False,
        "--file": True,
        "--format": True,
        "--read-only": False,
        "--safe-updates": False,
        "--set": True,
        "--watch": True,
    },
}
"""Each command's flags, and whether they take a value."""
VARIABLES = {
    "--url": "COCKROACH_URL",
    "--host": "COCKROACH_HOST",
    "--port": "COCKROACH_PORT",
    "--user": "COCKROACH_USER",
    "--insecure": "COCKROACH_INSECURE",
    "--certs-dir": "COCKROACH_CERTS_DIR",
    "--ca-key": "COCKROACH_CA_KEY",
}
"""Variables that stand for flags. The servers' own --certs-dir has none (pkg/cli/flags.go)."""


def fail(command: str, text: str, code: int = 1) -> NoReturn:
    """End as Main() does."""
    print(f"ERROR: {text}\nFailed running {quoted(command)}", file=sys.stderr)
    sys.exit(code)


def parse(arguments: list[str]) -> tuple[str, dict[str, str], list[str]]:
    """The command, its flags, its other arguments."""
    for words in (2, 1):
        command = " ".join(arguments[:words])
        if command in COMMANDS:
            break
    else:
        fail("cockroach", f'unknown command {quoted(arguments[0] if arguments else "")} for "cockroach"')
    known = COMMON | COMMANDS[command]
    given: dict[str, str] = {}
    if not command.startswith("start"):
        for flag, variable in VARIABLES.items():
            if flag in known and os.environ.get(variable):
                given[flag] = os.environ[variable]
    others = []
    rest = arguments[words:]
    while rest:
        part = rest.pop(0)
        if not part.startswith("-"):
            others.append(part)
            continue
        name, equals, value = part.partition("=")
        if name not in known:
            usage(command, f"unknown flag: {name}")
        if known[name] and not equals:
            if not rest:
                usage(command, f"flag needs an argument: {name}")
            value = rest.pop(0)
        given[name] = value
    return command, given, others


def usage(command: str, text: str) -> NoReturn:
    """A wrong flag: usage first, then the error, exit code 4."""
    print(f"Usage:\n  cockroach {command} [flags]\n\nFlags: …\n", file=sys.stderr)
    fail(command, text, 4)


def quoted(text: str) -> str:
    """As Go's %q."""
    return f'"{text}"'
