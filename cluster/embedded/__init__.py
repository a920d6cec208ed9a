"""The default engine: PostgreSQL behind a front that speaks CockroachDB. Neither needs an install or root."""
