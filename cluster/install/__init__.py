"""`python -m cluster install`: CockroachDB's official archive, verified, into the user's cache."""
