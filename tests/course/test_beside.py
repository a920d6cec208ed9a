"""`%beside`: a program at work while the notebook goes on."""

import pytest

from course.beside import Beside
from course.errors import CourseError

WAITS = """print("INFO  [alembic.runtime.migration] Hello")
print("I wait", flush=True)
print("It was", repr(input()))
raise SystemExit(3)
"""


@pytest.fixture
def begin(place):
    (place.workspace.root / "program.py").write_text(WAITS)

    def call(line):
        said = []
        return Beside(place, line, said.append), said

    return call


def test_it_goes_on_when_it_is_told_to(begin, place):
    one, said = begin("-m program")
    assert said == ["INFO  [alembic.runtime.migration] Hello\n", "I wait\n"]
    assert place.runner.run(["-m", "this"], cwd=place.workspace.root, env=place.env, write=str) == 0
    one.go_on()
    assert said[2:] == ["It was ''\n", "exit code: 3\n"]
    with pytest.raises(CourseError, match="has ended"):
        one.go_on()


def test_a_program_that_reads_nothing_is_shown_to_its_end(begin, place):
    (place.workspace.root / "reads_nothing.py").write_text(
        "import time\nprint('I work', flush=True)\ntime.sleep(0.2)\nprint('done')\n"
    )
    one, said = begin("-m reads_nothing")
    one.go_on()
    assert said == ["I work\n", "done\n", "exit code: 0\n"]


def test_it_can_be_killed(begin):
    one, said = begin("-m program")
    one.kill()
    assert len(said) == 2
    with pytest.raises(CourseError, match="has ended"):
        one.go_on()


@pytest.mark.parametrize("line", ["", "alembic", "program.py", "-m"])
def test_anything_else_is_refused(begin, line):
    with pytest.raises(CourseError, match=r"^Write %beside alembic"):
        begin(line)
