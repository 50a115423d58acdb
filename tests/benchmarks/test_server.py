"""`python -P -m benchmarks.server`: every figure is measured, though here of next to nothing; the page says them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.server.__main__ import FIGURES, RESULTS, read_results
from benchmarks.server.page import PAGE, TABLES, page
from benchmarks.server.usage import children, cpu_seconds, resident_mb


def measured(output: Path, *figures: str) -> dict:
    command = [sys.executable, "-P", "-m", "benchmarks.server", "--tiny", "--output", str(output), *figures]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return read_results(output)


@pytest.mark.e2e
@pytest.mark.long
def test_deliveries_and_reviews_are_measured_with_real_processes_and_the_rest_of_the_file_stays(tmp_path):
    output = tmp_path / "server.json"
    output.write_text(json.dumps({"figures": {"start": [{"name": "as it was"}]}}), encoding="utf-8")
    figures = measured(output, "bodies", "ready", "full", "reviews")["figures"]
    assert figures["start"] == [{"name": "as it was"}]
    assert [row["name"] for row in figures["full"]] == ["SQLite", "Postgres"]
    assert all(row["per_second"] > 0 for row in figures["full"])
    for row in (*figures["full"], *figures["reviews"]):
        assert row["cores"]["pr-reviewer"] > 0
    assert all(row["per_minute"] > 0 for row in figures["reviews"])
    assert all(row["wall_s"] > 0 and row["mb"] > 0 for row in figures["ready"])


@pytest.mark.e2e
@pytest.mark.long
def test_every_figure_is_measured_and_has_its_place_on_the_page(tmp_path):
    results = measured(tmp_path / "server.json")
    assert set(results["figures"]) == set(results["load_before"]) == set(FIGURES)
    text = page(PAGE.read_text(encoding="utf-8"), results)
    for row in results["figures"]["acks"]:
        assert f"{row['rate']} deliveries/s, {row['in_progress']} reviews in progress" in text


def test_the_page_has_the_tables_of_the_last_measurement():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, read_results(RESULTS)) == text, "run `python -P -m benchmarks.server.page`"


def test_a_page_without_a_table_s_place_is_an_error():
    with pytest.raises(AssertionError, match=r"performance\.md has no place for the table `machine`"):
        page("# Performance\n", read_results(RESULTS))


def test_a_figure_that_was_not_measured_leaves_no_older_table_behind():
    results = read_results(RESULTS) | {"figures": {}}
    text = page(PAGE.read_text(encoding="utf-8"), results)
    assert text.count("\nNot measured.\n") == len(TABLES)


def test_an_unknown_figure_is_refused_before_anything_is_measured(tmp_path):
    command = [sys.executable, "-P", "-m", "benchmarks.server", "--output", str(tmp_path / "server.json"), "speed"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, (tmp_path / "server.json").exists()) == (2, False)
    assert "no such figure: speed" in done.stderr


def test_the_cpu_of_children_counts_while_they_run_and_after_they_have_ended():
    work = "sum(range(3_000_000)); print('done', flush=True); input()"
    code = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}]); print('over', flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        (child,) = children(process.pid)
        living = cpu_seconds(process.pid)
        assert living >= cpu_seconds(child) > 0
        assert resident_mb(child) > 1
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"over\n"
        assert children(process.pid) == []
        assert cpu_seconds(process.pid) >= living
        process.stdin.write(b"\n")
        process.stdin.flush()
