"""Which worker of xdist runs which notebook: each goes on where it was, as a learner does.

A lesson begins with all steps of the lessons before it, and a worker keeps what it has built up for the next
one (course/states.py). So each gets a stretch of the course, one lesson after the other: it does each step
once, and none of those after its stretch. The first few lessons begin with next to nothing wherever they are
run; they are held back for the worker that is through first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from xdist.scheduler import LoadScopeScheduling

HELD_BACK = 5
"""One in so many notebooks, from the beginning, is for the end."""


class Stretches(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """xdist's loadscope with another order of the notebooks; other files follow as they were collected."""

    _stretches: dict[Any, list[str]] | None = None

    def _assign_work_unit(self, node: Any) -> None:
        left = [scope for scope in self.workqueue if scope.endswith(".ipynb")]
        if self._stretches is None:
            held = len(left) // HELD_BACK
            parts = stretches([len(self.workqueue[scope]) for scope in left[held:]], len(self.nodes))
            self._stretches = {
                worker: [left[held + place] for place in part]
                for worker, part in zip(self.nodes, parts, strict=True)
            }
        mine = self._stretches.get(node, [])
        others = {scope for part in self._stretches.values() if part is not mine for scope in part}
        if left:
            self.workqueue.move_to_end(choice(left, mine, others), last=False)
        super()._assign_work_unit(node)


def choice(left: Sequence[str], mine: Collection[str], others: Collection[str]) -> str:
    """Of the notebooks that are left the one that a worker runs next.

    The next one of its own stretch, then one of nobody's; at last another's, which that comes to last.
    """
    own = [name for name in left if name in mine]
    free = [name for name in left if name not in mine and name not in others]
    return [*own, *free, left[-1]][0]


def stretches(sizes: Sequence[int], parts: int) -> list[list[int]]:
    """Cut the places of `sizes` into so many stretches, in order, whose sums are about the same."""
    found: list[list[int]] = [[] for _ in range(parts)]
    done, whole = 0, sum(sizes)
    for place, size in enumerate(sizes):
        # Where its middle falls.
        found[min(parts - 1, (2 * done + size) * parts // (2 * whole))].append(place)
        done += size
    return found
