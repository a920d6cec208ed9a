"""`make bench`: what is measured here, each by name (BENCH=front, BENCH="starts course").

starts, magic and course are what a learner waits for (learner.py). front compares our front with a bare relay
of bytes and with PostgreSQL itself (front.py, table.py), under the load of processes of their own
(servers.py, relay.py, load.py, workloads.py, upgrade.py).
"""
