"""`%inherit`: the capstone's bank comes in the place of the learner's, whose files are kept."""

from course import commands, database


def test_it_takes_the_place_of_bank_and_history(bank):
    root = bank.workspace.root
    for name in ("alembic/versions/1a_mine.py", "bank/models.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("mine")
    database.query(bank.env["DATABASE_URL"], "CREATE TABLE accounts (mine INT8)")

    said = commands.inherit(bank).plain

    assert len(list((root / "alembic/versions").glob("5ea*.py"))) == 5
    assert not (root / "alembic/versions/1a_mine.py").exists()
    [kept] = root.glob(".kept/*-capstone/alembic/versions/1a_mine.py")
    assert kept.read_text() == "mine" and str(kept.parents[2].name) in said
    counted = "SELECT (SELECT count(*) FROM accounts) + (SELECT count(*) FROM transfers) AS rows"
    assert database.query(bank.env["DATABASE_URL"], counted) == [{"rows": 11}]


def test_again_it_begins_again(bank):
    (bank.workspace.root / "bank").mkdir()
    commands.inherit(bank)
    bank.workspace.credit({}, bank.workspace.files())
    database.query(bank.env["DATABASE_URL"], "DELETE FROM transfers WHERE amount > 1")
    assert "Your files of before" not in commands.inherit(bank).plain
    assert database.query(bank.env["DATABASE_URL"], "SELECT count(*) AS rows FROM transfers") == [{"rows": 5}]
