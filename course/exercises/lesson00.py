"""The exercise of lesson 00: how exercises work, and nothing else."""

from __future__ import annotations

from .model import Context, Exercise, NotYet, Wrong

NOTE = "hello.txt"


def note(context: Context) -> None:
    """A file hello.txt that is not empty, at the top of the workspace."""
    files = context.workspace.files()
    if NOTE not in files and not context.workspace.path(NOTE).is_dir():
        near = [file for file in files if "hello" in file.lower()]
        if near:
            raise NotYet(f"There is a file {near[0]}, but it should be {NOTE}, right in your workspace.")
        raise NotYet(f"There is no file {NOTE} in your workspace yet.")
    if not any(map(str.isalnum, context.read(NOTE))):
        raise NotYet(f"{NOTE} is there, but empty: write a word into it.")


EXERCISES = (
    Exercise(
        number="00.1",
        task=f"Make a file {NOTE} in your workspace, with at least one word in it.",
        check=note,
        done=f"{NOTE} is there. This is how a solved exercise looks.",
        hints=(
            "The cell above that makes plan.txt does almost the same.",
            f"A new file wants --create: %%edit {NOTE} --create, and the text in the lines below.",
        ),
        solution=(f"%%edit {NOTE} --create\nHello, bank!",),
        untouched="no file hello.txt in your workspace yet",
        wrong=(
            Wrong((f"%%edit {NOTE} --create\n\n",), "but empty"),
            Wrong((f"%%edit {NOTE} --create\n...",), "but empty"),
            # A folder of that name, and a file that a shell of Windows wrote.
            Wrong((f"%%edit {NOTE}/{NOTE} --create\nHello, bank!",), "is a folder"),
            Wrong(("%%edit hello --create\nHello, bank!",), "There is a file hello, but"),
            Wrong((f"%%edit notes/{NOTE} --create\nHello, bank!",), "right in your workspace"),
        ),
    ),
)
