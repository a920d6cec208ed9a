"""The answer key: everything of an exercise is in it, and a wrong answer is shown as a difference."""

import pytest

from course.exercises import Exercise, Wrong
from course.exercises import every as every_exercise
from course.quizzes import Option, Question
from course.quizzes import every as every_question
from handouts import answers, messages, page

UPGRADE = "%alembic upgrade head"
EXERCISE = Exercise(
    number="99.1",
    task="Do it.",
    check=lambda context: None,
    done="It is done_now.",
    hints=("First *this*.", "Then `a_b`."),
    solution=("%%migration\ndef upgrade():\n    one()\n    two()\n", UPGRADE),
    untouched="nothing",
    wrong=(
        Wrong(("%%migration\ndef upgrade():\n    one()\n    three()\n", UPGRADE), "is three"),
        Wrong(("%sql SELECT 1",), "only looks"),
        Wrong((), "nothing yet"),
    ),
    variants=(("%sql DROP TABLE a",),),
)
QUESTION = Question("99.a", "Which?", (Option("this", "No: so."), Option("that", "Yes: so.")), right=1)


@pytest.fixture(scope="module")
def key():
    return answers.made()


@pytest.mark.parametrize("exercise", every_exercise(), ids=lambda e: e.number)
def test_every_exercise_is_answered(exercise, key):
    for cell in (*exercise.solution, *(cell for way in exercise.variants for cell in way)):
        assert cell.strip() in key
    assert f"### Exercise {exercise.number}\n\n{page.escaped(exercise.task)}\n" in key


def test_every_question_is_answered_once(key):
    asked = every_question()
    assert asked and key.count("**right**") == len(asked)


def test_an_exercise():
    text = answers.exercise_answer(EXERCISE)
    assert text.startswith(
        "### Exercise 99.1\n\nDo it.\n\n**Hints**\n\n1. First \\*this\\*.\n2. Then `a_b`.\n"
    )
    assert "`%check` says: It is done\\_now.)" in text
    assert "**Another right way**\n\n```sql\n%sql DROP TABLE a\n```" in text
    assert "**✗** … is three …\n\n```diff\n     one()\n-    two()\n+    three()\n```" in text
    assert "**✗** … only looks …\n\n```sql\n%sql SELECT 1\n```" in text
    assert text.endswith("**✗** … nothing yet …: nothing was done.")


def test_a_question():
    assert answers.question_answer(QUESTION) == (
        "### Question 99.a\n\nWhich?\n\n- **a** · this  \n  No: so.\n- **b** · **right** · that  \n  Yes: so."
    )


def test_between_two_places_that_differ_stands_a_mark():
    right, wrong = (f"{first}\n2\n3\n4\n5\n{last}" for first, last in (("1", "6"), ("a", "b")))
    assert answers.difference((right,), (wrong,)) == ["-1", "+a", " 2", "  …", " 5", "-6", "+b"]


def test_messages_are_read_from_source():
    source = """
raise NotYet("No column.")
raise NotYet(f"There are {count} rows: " "one was asked for.")
raise NotYet("Too long." if long else f"Only {n}.")
raise NotYet("It is " + word)
raise ValueError
"""
    assert messages.messages(source) == [
        "No column.",
        "There are … rows: one was asked for.",
        "Too long.",
        "Only ….",
        "It is …",
    ]


@pytest.mark.parametrize(
    ("part", "number", "said"),
    [
        ("a name is text", "04", "The column owner is …, but a name is text."),
        (
            "has not run on the database yet",
            "07",
            "The revision is written, but it has not run on the database yet.",
        ),
        ("such words nobody says", "04", "… such words nobody says …"),
    ],
)
def test_a_part_is_completed(part, number, said):
    assert messages.whole(part, number) == said
