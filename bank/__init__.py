"""The sample app that the course migrates: bank accounts, transfers between them, and `python -m bank`."""
