"""A notebook in JupyterLab, in a real browser, as a learner has it: opened, run by the menu, looked at.

Playwright drives a Chromium or Chrome that is installed on this machine; none is downloaded.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from notebook_tools.sandbox import ROOT, Sandbox

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# A test has no use for what a browser looks up by itself, and a closed network makes it wait.
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What JupyterLab holds of the notebook that is in front. `done`: every cell has run, or one stopped the rest.
_STATE = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  if (!panel?.content?.widgets || !panel.context?.isReady) return null;
  const cells = panel.content.widgets.filter(w => w.model.type === 'code').map(w => ({
    source: w.model.sharedModel.getSource(),
    count: w.model.executionCount,
    tags: w.model.getMetadata('tags') ?? [],
    outputs: w.model.outputs.toJSON(),
  }));
  const stopped = cells.some(c => !c.tags.includes('raises-exception')
    && c.outputs.some(o => o.output_type === 'error'));
  const idle = panel.sessionContext.session?.kernel?.status === 'idle';
  const ran = cells.every(c => c.count !== null || !c.source.trim());
  return { cells, idle, done: idle && (stopped || ran) };
}"""


class BrowserFailure(Exception):
    """The browser or JupyterLab did not do what was asked; str() says what, in one line."""


@dataclass(frozen=True, slots=True)
class CellView:
    """A code cell as JupyterLab holds it after a run; number counts code cells from 1."""

    number: int
    source: str
    tags: list[str]
    outputs: list[dict[str, Any]]

    def failed(self) -> bool:
        """Whether it shows an error that was not meant to be."""
        errors = any(output["output_type"] == "error" for output in self.outputs)
        return errors and "raises-exception" not in self.tags


def find_browser() -> str | None:
    """The path of a browser: $COURSE_BROWSER, else the first Chromium or Chrome found; None without one."""
    chosen = os.environ.get("COURSE_BROWSER")
    if chosen:
        return chosen
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    return next((path for path in MAC_BROWSERS if Path(path).exists()), None)


@contextmanager
def jupyter_lab(sandbox: Sandbox, notebooks: Path) -> Iterator[str]:
    """Serve a copy of a folder of notebooks in JupyterLab, set up as `make lab` does it, and give its URL.

    The URL ends in the token, as `…/lab?token=…`. Nothing is read from or written to a person's own Jupyter
    folders, and a copy is served so that JupyterLab's autosave does not touch the stored notebooks.
    """
    jupyter = sandbox.path / "jupyter"
    served = sandbox.path / "served"
    shutil.copytree(notebooks, served / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    folders = {name: str(jupyter / name.split("_")[1].lower()) for name in names}
    folders["JUPYTERLAB_SETTINGS_DIR"] = str(jupyter / "settings")
    folders["JUPYTERLAB_WORKSPACES_DIR"] = str(jupyter / "workspaces")
    for folder in folders.values():
        Path(folder).mkdir(parents=True)
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser"),
        f"--config={ROOT / 'scripts/lab/jupyter_lab_config.py'}",
        f"--ServerApp.root_dir={served}",
        # Lets this module read the notebook's model in the page; it changes nothing of what is seen.
        "--LabApp.expose_app_in_browser=True",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]
    with (jupyter / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=served,
            env={**os.environ, **sandbox.environment(), **folders},
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        found = _served_at(server, Path(folders["JUPYTER_RUNTIME_DIR"]), jupyter / "log")
        yield f"{found['url']}lab?token={found['token']}"
    finally:
        # Jupyter takes SIGTERM as the wish to stop its kernels too.
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _served_at(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> dict[str, Any]:
    """Wait until the server has written where it listens. Raises BrowserFailure."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                found: dict[str, Any] = json.loads(path.read_text())
            except ValueError:  # it is being written
                continue
            return found
        time.sleep(0.05)
    last = log.read_text().strip().splitlines()[-1:] or ["(nothing in its log)"]
    raise BrowserFailure(f"JupyterLab did not start: {last[0]}")


@contextmanager
def browser_page(executable: str, width: int = 1280, height: int = 900) -> Iterator[Page]:
    """Start a browser without a window and give an empty page of it; sizes in pixels."""
    # Chromium's sandbox does not work for root, which is who runs in containers.
    flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        try:
            yield browser.new_page(viewport={"width": width, "height": height})
        finally:
            browser.close()


def open_notebook(page: Page, url: str, name: str) -> None:
    """Open a notebook of the served folder, and wait until it and its kernel are there."""
    base, token = url.split("lab?token=")
    page.goto(f"{base}lab/tree/notebooks/{name}?token={token}")
    page.wait_for_function(f"() => ({_STATE})()?.idle", timeout=60_000)


def run_all(page: Page, timeout: float = 180) -> list[CellView]:
    """Clear all outputs and run all cells, both by the menu, and give the code cells. timeout in seconds."""
    _menu(page, "Edit", "Clear Outputs of All Cells")
    page.wait_for_function(f"() => ({_STATE})()?.cells.every(c => c.outputs.length === 0)")
    _menu(page, "Run", "Run All Cells")
    page.wait_for_function(f"() => ({_STATE})()?.done", timeout=timeout * 1000)
    cells = page.evaluate(_STATE)["cells"]
    return [CellView(i, c["source"], c["tags"], c["outputs"]) for i, c in enumerate(cells, 1)]


def _menu(page: Page, menu: str, entry: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()


def whole_notebook(page: Page, folder: Path, name: str, slice_height: int = 1400) -> list[Path]:
    """Save pictures of the whole notebook, from top to bottom, as folder/name-1.png …, and give their paths.

    The page is made as high as the notebook for this, so that every cell is drawn. Heights in pixels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-[0-9]*.png"):
        old.unlink()
    size = page.viewport_size or {"width": 1280, "height": 900}
    if page.locator("#jp-left-stack").is_visible():
        page.keyboard.press("Control+b")  # fold the side bar
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    cells = notebook.locator(".jp-WindowedPanel-viewport")
    # JupyterLab lets a notebook be scrolled past its end, so that a high window alone does not show its top.
    to_top = "outer => { outer.scrollTop = 0; }"
    # Cells below the window are drawn when they come into it, and may turn out higher: until nothing grows.
    height = 0
    while (grown := round((cells.bounding_box() or {"height": 0})["height"])) > height:
        height = grown
        page.set_viewport_size({"width": size["width"], "height": min(30_000, height + 300)})
        notebook.locator(".jp-WindowedPanel-outer").evaluate(to_top)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box = cells.bounding_box()
    assert box is not None
    paths: list[Path] = []
    while (done := len(paths) * slice_height) < box["height"]:
        path = folder / f"{name}-{len(paths) + 1}.png"
        page.screenshot(
            path=path,
            clip={
                "x": box["x"],
                "y": box["y"] + done,
                "width": box["width"],
                "height": min(slice_height, box["height"] - done),
            },
        )
        paths.append(path)
    page.set_viewport_size(size)
    return paths
