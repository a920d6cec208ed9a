"""Runs the course's notebooks outside JupyterLab, and judges what they print.

It knows what a notebook is, and nothing of what this course teaches:

sandbox.py   a cluster home and a workspace of one's own for a run, and their removal
runner.py    one notebook in one kernel, cell by cell
compare.py   stored outputs against new ones, less what must vary (sanitize.cfg)
normal.py    the form in which a notebook is stored
lint.py      what a notebook of a course must look like
strict.py    the pytest plugin behind `pytest --nbval`
browser.py   a notebook in JupyterLab, in a real browser
"""
