"""Hostile input by the million: `make fuzz`, or `python -m tests.fuzz --help`.

Every input is made from (seed, family, number) alone, so what was found once can be made again:
`python -m tests.fuzz FAMILY --seed S --only NUMBER` shows the input and the trace.
"""
