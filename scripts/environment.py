"""environment.yml for conda, made from the pins of pyproject.toml.

python -m scripts.environment > environment.yml      tests/test_setup.py checks that the two agree
"""

from __future__ import annotations

import tomllib

from notebook_tools.sandbox import ROOT

_HEAD = """\
# Made from pyproject.toml by `make lock`: change the versions there. `make conda` uses this file.
name: cockroachdb-alembic-course
channels:
  - conda-forge
dependencies:
  - python>={python},<3.15
  - pip
  - make
  - pip:
"""


def environment() -> str:
    """Give the text of environment.yml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    head = _HEAD.format(python=project["requires-python"].removeprefix(">="))
    pins = [f'      - "{pin}"' for pin in project["dependencies"]]
    # The project itself, so that `import course` works from the notebooks' folder.
    return head + "\n".join([*pins, "      - --editable ."]) + "\n"


if __name__ == "__main__":
    print(environment(), end="")
