"""A cluster that someone else runs: any CockroachDB that a URL leads to."""
