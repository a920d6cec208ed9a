"""The SQL that is installed in PostgreSQL."""

from cluster.embedded.dialect import bootstrap, bootstrap_sql


def test_files_that_change_under_a_running_process_are_read_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "_SQL", tmp_path)
    (tmp_path / "10_one.sql").write_text("SELECT 'old';")
    assert "SELECT 'old';" in bootstrap_sql()
    (tmp_path / "10_one.sql").write_text("SELECT 'new';")
    assert "SELECT 'new';" in bootstrap_sql()
