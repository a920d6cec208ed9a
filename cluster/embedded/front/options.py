"""The session variables that a start-up packet asks for."""

from __future__ import annotations

_NOT_VARIABLES = frozenset({"user", "database", "options", "replication", "client_encoding"})


def variables(parameters: dict[str, str]) -> dict[str, str]:
    """The session variables of a start-up packet: its own parameters, and `-c name=value` in options."""
    found = {name: value for name, value in parameters.items() if name not in _NOT_VARIABLES}
    words = iter(_words(parameters.get("options", "")))
    for word in words:
        if word == "-c":
            word = next(words, "")
        elif word.startswith("-c") or word.startswith("--"):
            word = word[2:]
        name, equals, value = word.partition("=")
        if equals:
            found[name.replace("-", "_")] = value
    return found


def _words(options: str) -> list[str]:
    """Cut at blanks; a backslash keeps the character after it (PostgreSQL documentation, libpq: options)."""
    words, word, escaped = [], "", False
    for character in options:
        if escaped:
            word, escaped = word + character, False
        elif character == "\\":
            escaped = True
        elif character.isspace():
            words.append(word)
            word = ""
        else:
            word += character
    return [each for each in [*words, word] if each]
