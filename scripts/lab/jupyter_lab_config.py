"""JupyterLab's settings for `make lab`: loopback only, token on, nothing asked or fetched at the start."""

import logging
from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (Jupyter puts it there)

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.open_browser = True
# The URL still shows; what each of its parts loaded does not.
c.Application.log_level = logging.WARNING
# Where overrides.json is: it answers "no" to the question for news that would meet a learner first.
c.LabApp.app_settings_dir = str(Path(__file__).resolve().parent)
# And no look-up of newer versions: the versions are pinned.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
