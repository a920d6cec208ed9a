"""JupyterLab's settings for `make lab`: loopback only, token on, nothing asked or fetched at the start."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (Jupyter puts it there)

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.open_browser = True
# No pop-up that asks for news, and no look-up of newer versions: the versions are pinned.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
