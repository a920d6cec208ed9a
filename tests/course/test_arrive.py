"""The project's own alembic/ and bank/ are where the lessons arrive."""

import pytest

from scripts import arrive


def test_the_root_is_where_the_steps_of_all_lessons_end(place, running):
    place.env = {**place.env, "DATABASE_URL": running.url()}
    arrive.walk(place, running)
    found = arrive.arrived(place.workspace.root)
    assert len(found) > 2
    assert arrive.differences(found) == [], "make arrive writes them"


@pytest.mark.parametrize("name", ["bank/models.py", "alembic/versions/0_new.py"])
def test_what_differs_is_named(name):
    here = {
        path.relative_to(arrive.ROOT).as_posix(): path.read_text()
        for path in [arrive.ROOT / "bank/models.py", *(arrive.ROOT / arrive.VERSIONS).glob("*.py")]
    }
    assert arrive.differences(here) == []
    assert arrive.differences({**here, name: "other"}) == [name]
    gone = next(each for each in here if each.startswith("alembic"))
    assert arrive.differences({each: text for each, text in here.items() if each != gone}) == [gone]
