"""What CockroachDB itself does not implement, in its words (pkg/util/errorutil/unimplemented; pgerror).

Not to be taken for model.unsupported(): that is what CockroachDB has and the embedded cluster has not.
"""

from __future__ import annotations

from cluster.embedded.dialect.model import Refusal

_WITH_ISSUE = "You have attempted to use a feature that is not yet implemented.\nSee: {link}"
_WITHOUT = """You have attempted to use a feature that is not yet implemented.

Please check the public issue tracker to check whether this problem is
already tracked. If you cannot find it there, please report the error
with details by creating a new issue.

If you would rather not post publicly, please contact us directly
using the support form.

We appreciate your feedback.
"""


def hint(issue: int | None) -> str:
    """What CockroachDB advises; issue: the number in its tracker."""
    return _WITH_ISSUE.format(link=f"https://go.crdb.dev/issue-v/{issue}/v26.2") if issue else _WITHOUT


def unimplemented(what: str, issue: int | None = None) -> Refusal:
    """The error (0A000); issue: the number in CockroachDB's tracker that its hint names."""
    return Refusal("0A000", f"unimplemented: {what}", hint=hint(issue))


def unimplemented_syntax(fault: Refusal, issue: int | None = None) -> Refusal:
    """The same for syntax that the grammar knows and refuses; fault: the syntax error at the place."""
    return Refusal("0A000", f"{fault.message}: unimplemented: this syntax", fault.detail, hint(issue))
