"""Every exercise of every lesson: untouched it is not done, its solution does it, a wrong answer is told why.

Each starts as a learner does: the lesson's starting state, then the steps and scenes above the exercise.
"""

import re
from collections import Counter

import pytest

from course import database, lessons, states
from course.exercises import every, find
from course.exercises.model import Context, judge
from course.replay import run_cell

EXERCISES = every()
VARIANTS = [(exercise, number) for exercise in EXERCISES for number in range(len(exercise.variants))]
SEVERAL = sorted(lesson for lesson, of in Counter(one.lesson for one in EXERCISES).items() if of > 1)
WRONG = [(exercise, number) for exercise in EXERCISES for number in range(len(exercise.wrong))]


@pytest.fixture
def begun(place, running):
    """Put workspace and database where an exercise begins; gives what its check sees, and what runs cells."""

    def begin(exercise):
        database.remove(running)
        place.env = {**place.env, "DATABASE_URL": running.url()}
        lesson = lessons.find(exercise.lesson)
        states.build(place, running, lesson, lessons.lessons())
        for cell in lesson.cells:
            if re.search(rf"^%(check|hint|solution) {exercise.number}\b", cell.source, re.MULTILINE):
                break
            if {"step", "scene"} & cell.tags:
                run_cell(place, running.url, cell.source, expect_error="raises-exception" in cell.tags)
        else:
            pytest.fail(f"no cell of {lesson.path.name} checks exercise {exercise.number}")
        for cell in [cell for number in exercise.after for cell in find(number).solution]:
            run_cell(place, running.url, cell)
        return Context(running.url(), place.workspace, place.runner), lambda cell: run_cell(
            place, running.url, cell
        )

    return begin


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.number)
def test_untouched_it_is_not_done_and_its_solution_does_it(begun, exercise):
    context, run = begun(exercise)
    assert re.match(rf"✗ {exercise.number} .*{re.escape(exercise.untouched)}", judge(exercise, context))
    for cell in exercise.solution:
        run(cell)
    assert judge(exercise, context) == f"✓ {exercise.number} {exercise.done}"


@pytest.mark.parametrize(
    ("exercise", "number"), VARIANTS, ids=[f"{exercise.number}-{number}" for exercise, number in VARIANTS]
)
def test_another_way_does_it_too(begun, exercise, number):
    context, run = begun(exercise)
    for cell in exercise.variants[number]:
        run(cell)
    assert judge(exercise, context) == f"✓ {exercise.number} {exercise.done}"


@pytest.mark.parametrize(
    ("exercise", "number"), WRONG, ids=[f"{exercise.number}-{number}" for exercise, number in WRONG]
)
def test_a_wrong_answer_is_told_why(begun, exercise, number):
    context, run = begun(exercise)
    for cell in exercise.wrong[number].cells:
        run(cell)
    assert re.match(
        rf"✗ {exercise.number} .*{re.escape(exercise.wrong[number].message)}", judge(exercise, context)
    )


@pytest.mark.parametrize("number", SEVERAL, ids=lambda number: f"{number}-all")
def test_solved_one_after_the_other_each_stays_done(place, running, number):
    database.remove(running)
    place.env = {**place.env, "DATABASE_URL": running.url()}
    lesson = lessons.find(number)
    states.build(place, running, lesson, lessons.lessons())
    context = Context(running.url(), place.workspace, place.runner)
    done = []
    for cell in lesson.cells:
        asked = re.match(r"%check (\S+)$", cell.source)
        if asked:
            done.append(find(asked[1]))
            for answer in done[-1].solution:
                run_cell(place, running.url, answer)
        elif {"step", "scene"} & cell.tags:
            run_cell(place, running.url, cell.source, expect_error="raises-exception" in cell.tags)
    assert [judge(exercise, context) for exercise in done] == [
        f"✓ {each.number} {each.done}" for each in done
    ]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.number)
def test_it_is_whole(exercise):
    assert re.fullmatch(r"\d\d\.\d", exercise.number)
    assert exercise.hints and exercise.solution and exercise.wrong and exercise.task and exercise.done
    assert "\n" not in exercise.task + exercise.done + "".join(exercise.hints)


def test_numbers_are_given_once():
    numbers = [exercise.number for exercise in EXERCISES]
    assert numbers == sorted(set(numbers))
