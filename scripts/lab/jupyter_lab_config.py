"""JupyterLab's settings for `make lab`: loopback only, token on, nothing asked or fetched at the start."""

import logging
import os
from pathlib import Path

import zmq

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (Jupyter puts it there)

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.open_browser = True
# The URL still shows. What each part loaded does not, nor the warnings: "Notebook … is not trusted" (it comes
# from git) would stand there for each one that is opened.
c.Application.log_level = logging.ERROR
# Browser to server needs the token; this keeps others of the same machine out between server and kernel too.
# Without it each kernel warns of eavesdroppers. Not every build of libzmq has it.
if zmq.has("curve"):
    c.KernelManager.transport_encryption = "auto"
# Where overrides.json is: it answers "no" to the question for news that would meet a learner first.
c.LabApp.app_settings_dir = str(Path(__file__).resolve().parent)
# And no look-up of newer versions: the versions are pinned.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
# Which tabs were open is remembered in the course's folder. Else it stands in the home, for all JupyterLabs
# of a person: the course would open with the tabs of another project, and that one with the course's.
if "JUPYTERLAB_WORKSPACES_DIR" not in os.environ:
    c.LabApp.workspaces_dir = str(Path(__file__).resolve().parents[2] / ".jupyterlab")
