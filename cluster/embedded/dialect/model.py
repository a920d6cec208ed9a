"""The words that the dialect and the front share: what a client's statement becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto


class Effect(Enum):
    """What the session must do besides, or instead of, sending the SQL on."""

    NONE = auto()
    BEGIN = auto()
    COMMIT = auto()
    ROLLBACK = auto()
    SAVEPOINT_RESTART = auto()
    ROLLBACK_TO_RESTART = auto()
    RELEASE_RESTART = auto()
    # argument: the savepoint. These are the ordinary ones.
    SAVEPOINT = auto()
    ROLLBACK_TO = auto()
    RELEASE = auto()
    # argument: the priority, or None. sql may be empty.
    SET_TRANSACTION = auto()
    # What the session answers by itself, in any state of the transaction.
    SHOW_TRANSACTION_STATUS = auto()
    SHOW_SAVEPOINT_STATUS = auto()
    # A schema change: autocommit_before_ddl applies, and the catalog (see Catalog) is stale afterwards.
    DDL = auto()
    # argument: the database. sql is empty: the session reconnects.
    USE_DATABASE = auto()
    # argument: the database. Both are DDL too, and PostgreSQL runs them outside a transaction only.
    # A DROP's may have "\0restrict" or "\0safe" behind it: only an empty one is dropped.
    CREATE_DATABASE = auto()
    DROP_DATABASE = auto()
    # argument: the old and the new name, separated by "\0".
    RENAME_DATABASE = auto()
    # argument: "name\0value", canonical: what the session itself has to know. sql keeps it in PostgreSQL too.
    SET = auto()
    # CANCEL, PAUSE, RESUME JOBS. argument: "command\0SQL that gives the jobs' ids".
    CONTROL_JOBS = auto()
    # argument: the name. Value becomes the default again ("all" for RESET ALL and DISCARD ALL).
    RESET = auto()


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice or warning for the client, sent before the statement's result."""

    message: str
    severity: str = "NOTICE"
    sqlstate: str = "00000"
    detail: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Forgiven:
    """An error of PostgreSQL's that counts as success, with this notice (an IF NOT EXISTS that it lacks)."""

    sqlstate: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class Job:
    """The background job that a schema change is in CockroachDB (dialect/jobs.py).

    kind: SHOW JOBS' job_type. garbage: the description of the job that removes old data when this one has
    succeeded, or "".
    """

    kind: str
    description: str
    garbage: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as PostgreSQL is to run it.

    sql: what PostgreSQL runs ("" when the effect is all there is).
    tag: the CommandComplete tag that the client must see; None: PostgreSQL's own. Ends in " " when
        PostgreSQL's row count (the last word of its tag) has to follow.
    """

    sql: str
    tag: str | None = None
    effect: Effect = Effect.NONE
    argument: str | None = None
    notices: tuple[Notice, ...] = ()
    forgives: Forgiven | None = None
    job: Job | None = None
    # The client's text, if it depends on a schema change or a SET before it in the same Query: sql is empty
    # then, and this is to be translated when its turn comes, with a new catalog.
    later: str = ""

    def with_job(self, job: Job) -> Statement:
        """The same with its job: dataclasses.replace() takes three times as long."""
        return Statement(
            self.sql, self.tag, self.effect, self.argument, self.notices, self.forgives, job, self.later
        )


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """An index. target: what ON CONFLICT says to mean it; "" for the primary one and what is not unique."""

    partial: bool = False
    target: str = ""


@dataclass(frozen=True, slots=True)
class TableInfo:
    """What the rewriter must know of a table: names as PostgreSQL stores them (folded, unquoted)."""

    schema: str
    name: str
    visible: tuple[str, ...]
    hidden: tuple[str, ...]
    primary_key: str  # the name of the primary index
    key_columns: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    indexes: dict[str, IndexInfo] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """The tables of one database at one moment, read by catalog_sql(). Compared by identity."""

    tables: dict[tuple[str, str], TableInfo]
    search_path: tuple[str, ...] = ("public",)

    def find(self, name: str, schema: str | None = None) -> TableInfo | None:
        """The table that a name means in this session, or None."""
        for candidate in (schema,) if schema else self.search_path:
            if found := self.tables.get((candidate, name)):
                return found
        return None


@dataclass(frozen=True, slots=True)
class Settings:
    """What translate() has to know of the session. Hashable: it is part of the cache's key."""

    database: str = "defaultdb"
    user: str = "demo"
    default_int_size: int = 8
    serial_normalization: str = "rowid"
    sql_safe_updates: bool = False
    force_savepoint_restart: bool = False
    allow_unsafe_internals: bool = False
    catalog: Catalog | None = None


class Refusal(Exception):
    """The statement is answered with an error and never reaches PostgreSQL."""

    def __init__(
        self, sqlstate: str, message: str, detail: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message
        self.detail = detail
        self.hint = hint


class CatalogNeeded(Exception):
    """translate() cannot go on without Settings.catalog: read it (catalog_sql) and call again.

    Raised for a star or an INSERT without columns (hidden columns) and for UPSERT (its key).
    """


def unsupported(feature: str) -> Refusal:
    """What the embedded cluster does not imitate is refused by name, never answered wrongly."""
    return Refusal(
        "0A000",
        f"{feature} is not supported by the embedded cluster",
        hint="It needs CockroachDB itself: `python -m cluster install`, or name a cluster in CLUSTER_URL.",
    )
