"""Lessons as HTML pages that need no server and no network."""

from __future__ import annotations

import html
import re

from nbconvert import HTMLExporter
from nbformat import NotebookNode

from notebook_tools.lessons import Head

_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Migrating CockroachDB schemas with Alembic</title>
<style>
  body {{ font: 1.05rem/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2.5rem auto; padding: 0 1rem;
         color: #1c2330; background: #fff; }}
  h1 {{ line-height: 1.2; }}
  ol {{ list-style: none; padding: 0; }}
  li {{ border-top: 1px solid #d7dbe3; padding: 1rem 0; }}
  li h2 {{ font-size: 1.15rem; margin: 0; }}
  li p {{ margin: .35rem 0 0; }}
  .minutes {{ color: #55607a; }}
  a {{ color: #0b4fb3; }}
  @media (prefers-color-scheme: dark) {{
    body {{ color: #e6e9f0; background: #14181f; }} a {{ color: #8ab8ff; }} .minutes {{ color: #a5afc4; }}
    li {{ border-color: #333b4a; }} }}
</style>
</head>
<body>
<h1>Migrating CockroachDB schemas with Alembic</h1>
<p>The lessons as they ran, from first to last. To work through them yourself, type <code>make lab</code>.</p>
<ol>
{items}
</ol>
</body>
</html>
"""
_ITEM = """<li><h2><a href="{stem}.html">{title}</a></h2>
<p class="minutes">{minutes} minutes</p>
<p>{summary}</p></li>"""


def lesson_page(notebook: NotebookNode, title: str) -> str:
    """Give the page of a lesson that was run, for _build/course. Links to lessons lead to their pages."""
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        # Nothing is fetched from elsewhere: no formulas, no widgets, no diagrams in these lessons.
        mathjax_url="",
        require_js_url="",
        jquery_url="",
        mermaid_js_url="",
        exclude_input_prompt=False,
        embed_images=True,
    )
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": title}})
    page = re.sub(r'href="\.\./docs/', 'href="../../docs/', page)  # the pages lie one folder deeper
    return re.sub(r'href="(\d\d-[\w-]+)\.ipynb(#[^"]*)?"', r'href="\1.html\2"', page)


def index_page(lessons: list[tuple[str, Head]]) -> str:
    """Give the page that leads to the lessons: (name of the file, head of the notebook) for each."""
    items = [
        _ITEM.format(
            stem=stem,
            title=html.escape(head.title),
            minutes=head.minutes,
            summary=_inline(head.summary),
        )
        for stem, head in lessons
    ]
    return _INDEX.format(items="\n".join(items))


def _inline(markdown: str) -> str:
    """A paragraph of markdown as HTML: code, emphasis; of links the words."""
    text = html.escape(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown))
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"(?<!\w)[*_]([^*_]+)[*_](?!\w)", r"<em>\1</em>", text)
