"""Every test run works on clusters and workspaces of its own: see notebook_tools/strict.py."""

pytest_plugins = ["notebook_tools.strict"]
