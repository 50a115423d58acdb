"""How the packs are measured: what is scanned, what is looked at, and that a hit is found where it is."""

from pathlib import Path

import pytest

from benchmarks.false_alarms import sources
from benchmarks.false_alarms.hits import Hit, pack_rules, scan, with_rows
from benchmarks.false_alarms.sources import Source


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setattr(sources, "CACHE", tmp_path)
    source = Source("acme/shop", "git", "1.0", only=("shop",), without=("samples",))
    for name in ("shop/a.py", "shop/a.min.js", "shop/samples/b.py", "shop/vendor/c.py", "docs/d.py", "shop/notes.txt"):
        path = source.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import asyncio\n\nrate = Decimal(0.19)\n", encoding="utf-8")
    return source


def test_only_what_people_wrote_is_scanned(source):
    assert [name for name, _ in source.files()] == ["shop/a.py"]


async def test_a_scan_names_the_line_of_each_hit_and_counts_the_lines(source):
    result = await scan(source, pack_rules())
    assert result.hits == (Hit("python-decimal-from-float", "acme/shop", "shop/a.py", 3),)
    assert (result.files, result.lines, result.problems) == (1, {"python": 3}, ())


def test_what_is_in_the_cache_is_not_fetched_again(source):
    sources.fetch(source)
    assert [name for name, _ in source.files()] == ["shop/a.py"]


def test_a_scan_of_one_rule_leaves_the_figures_of_others():
    old = {"sources": ["acme/shop"], "rules": [{"rule": "a", "hits": 1}, {"rule": "b", "hits": 2}]}
    newer = with_rows(old, [{"rule": "b", "hits": 0}])
    assert newer == {"sources": ["acme/shop"], "rules": [{"rule": "a", "hits": 1}, {"rule": "b", "hits": 0}]}
