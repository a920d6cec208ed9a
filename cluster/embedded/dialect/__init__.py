"""CockroachDB's dialect of SQL on PostgreSQL: text in, text out, and the SQL that lives in the database.

The front calls translate() for each text of a client (or what shapes_under() gives, which is quicker) and
translate_error() for each error of PostgreSQL; the cluster runs bootstrap_sql() once in template1.
"""

from cluster.embedded.dialect.errors import statement_at, translate_error
from cluster.embedded.dialect.model import (
    Catalog,
    CatalogNeeded,
    Effect,
    Forgiven,
    Job,
    Notice,
    Refusal,
    Settings,
    Statement,
    TableInfo,
)
from cluster.embedded.dialect.settings import startup_setting
from cluster.embedded.dialect.tables import catalog_sql, read_catalog
from cluster.embedded.dialect.translate import shapes_under, translate

__all__ = [
    "Catalog",
    "CatalogNeeded",
    "Effect",
    "Forgiven",
    "Job",
    "Notice",
    "Refusal",
    "Settings",
    "Statement",
    "TableInfo",
    "bootstrap_sql",
    "catalog_sql",
    "read_catalog",
    "shapes_under",
    "startup_setting",
    "statement_at",
    "translate",
    "translate_error",
]


def bootstrap_sql() -> str:
    """The SQL that makes PostgreSQL answer like CockroachDB; run as superuser in template1. Idempotent."""
    from cluster.embedded.dialect.bootstrap import bootstrap_sql as made  # reads files: only when asked

    return made()
