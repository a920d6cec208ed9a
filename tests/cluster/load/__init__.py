"""The cluster under load and under faults: `make load`, or `python -m tests.cluster.load --help`."""
