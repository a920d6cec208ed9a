"""The engine `cockroach`: a real CockroachDB on this machine, one secure node with its data on disk."""
