"""What is kept goes when its time is over, all of it."""

import os
import sqlite3

import pytest

pytestmark = pytest.mark.e2e

TABLES = {"jobs": "finished_at", "journal": "at", "runs": "at", "spending": "day"}


def test_what_is_too_old_is_forgotten_at_the_next_start(server, scene):
    server.happened("opened")
    assert server.finished() == ["done"]
    server.stop()
    age(server)
    server.start()
    server.wait(lambda: all(not server.rows(f"SELECT * FROM {table}") for table in TABLES))  # noqa: S608 ours
    server.wait(lambda: not list((server.folder / "git").glob("*/*.git")))
    assert scene.said == ["shop.py"]


def age(server):
    """Three weeks go by."""
    with sqlite3.connect(server.folder / "reviewer.sqlite3") as connection:
        for table, column in TABLES.items():
            assert server.rows(f"SELECT * FROM {table}")  # noqa: S608 a table of ours
            old = "'2026-01-01'" if column == "day" else "1e9"
            connection.execute(f"UPDATE {table} SET {column} = {old}")  # noqa: S608 a table of ours
    connection.close()
    used = list((server.folder / "git").glob("*/*.use"))
    assert used
    for path in used:
        os.utime(path, (1e9, 1e9))
