"""The bank app at work while its schema changes: what `%traffic` starts, records and draws.

worker.py   the app: a process of its own, with the learner's `bank` as it was when the process began
control.py  starts, replaces and ends such processes, and gathers what they report
record.py   what was reported, as phases and as facts (pure)
picture.py  the same as a chart (pure)
"""
