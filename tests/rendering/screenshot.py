"""Takes pictures of our reports as GitHub and a terminal show them: `python -m tests.rendering.screenshot FOLDER`.

Needs node (`npm ci` here), Chromium, and the project's packages. A script, not a test: somebody has to look.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.review import Review
from pr_reviewer.report.comments import comment_body, location_text
from pr_reviewer.report.excerpt import excerpt
from pr_reviewer.report.improvements import improvements_body, offer_body
from pr_reviewer.report.markdown import summary_body
from pr_reviewer.report.text import to_text
from tests.report.builders import FILES, INCOMPLETE, LINKS, NASTY, NO_MODEL, PLAIN_RULES, THREE, WITH_RULES, review
from tests.report.improving import FILES as IMPROVED_FILES
from tests.report.improving import SOME, WHERE
from tests.report.telling import conversations

HERE = Path(__file__).parent
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--force-device-scale-factor=1.5",
)
WIDE, NARROW = 980, 390


@dataclass(frozen=True, slots=True)
class Picture:
    """A file name, the page's HTML, and how wide the window is."""

    name: str
    html: str
    width: int


def main(folder: Path) -> None:
    """Every review in light and dark, wide and narrow, and on a terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    reviews = {
        "three": THREE,
        "rules": WITH_RULES,
        "incomplete": INCOMPLETE,
        "no-model": NO_MODEL,
        "clean": review(rules=PLAIN_RULES),
        "nasty": NASTY,
    }
    pictures = [
        Picture(f"{name}-{theme}-{width}", page(each, theme), width)
        for name, each in reviews.items()
        for theme in ("light", "dark")
        for width in (WIDE, NARROW)
    ]
    pictures += [
        Picture(f"improve-{theme}-{width}", _improve_page(theme), width)
        for theme in ("light", "dark")
        for width in (WIDE, NARROW)
    ]
    pictures += [
        Picture(f"{name}-{theme}-{width}", _rendered([{"body": body} for body in bodies], theme), width)
        for name, bodies in conversations().items()
        for theme in ("light", "dark")
        for width in (WIDE, NARROW)
    ]
    pictures.append(Picture("terminal", terminal_page(THREE), 860))
    for picture in pictures:
        take(picture, folder / f"{picture.name}.png")


def page(each: Review, theme: str) -> str:
    """The summary and the comments as posts."""
    return _rendered([{"body": summary_body(each, LINKS)}, *(_post(placed, FILES) for placed in each.comments)], theme)


def _improve_page(theme: str) -> str:
    """The summary of /improve and its comments."""
    posts = [
        _post(offer.placed, IMPROVED_FILES) | {"body": offer_body(offer, SOME.offers, LINKS)} for offer in SOME.offers
    ]
    return _rendered([{"body": improvements_body(SOME, LINKS, WHERE)}, *posts], theme)


def _rendered(posts: list[dict[str, object]], theme: str) -> str:
    call = ["node", "page.mjs"]
    told = json.dumps({"theme": theme, "posts": posts})
    return subprocess.run(call, cwd=HERE, input=told, capture_output=True, text=True, check=True).stdout


def _post(placed: Placed, files: Sequence[FileDiff]) -> dict[str, object]:
    rows = [
        {"number": line.number, "sign": str(line.kind or " "), "text": line.text} for line in excerpt(placed, files)
    ]
    old = placed.quote.split("\n")
    return {"where": location_text(placed), "rows": rows, "body": comment_body(placed, LINKS), "old": old}


def terminal_page(each: Review) -> str:
    """The text form with its colours, below the command that prints it."""
    from io import StringIO

    from rich.console import Console
    from rich.terminal_theme import MONOKAI
    from rich.text import Text

    console = Console(record=True, width=98, file=StringIO(), color_system="standard", force_terminal=True)
    console.print("[bold]$[/] pr-reviewer review\n")
    console.print(Text.from_ansi(to_text(each, FILES, width=96, is_coloured=True, links=LINKS)), end="")
    html = console.export_html(theme=MONOKAI, inline_styles=True)
    return html.replace("<body>", '<body style="margin: 16px; font: 13px/1.35 Liberation Mono, monospace">')


def take(picture: Picture, path: Path) -> None:
    """Photograph the page at its own height."""
    with tempfile.TemporaryDirectory() as scratch:
        html = Path(scratch, "page.html")
        measure = "<script>document.title = document.documentElement.scrollHeight</script>"
        html.write_text(picture.html.replace("</body>", f"{measure}</body>"), "utf-8")
        base = ["chromium", *FLAGS, f"--user-data-dir={scratch}/profile"]
        dom = _run([*base, f"--window-size={picture.width},200", "--dump-dom", html.as_uri()])
        height = int(re.search(r"<title>(\d+)</title>", dom)[1])  # type: ignore[index]
        _run([*base, f"--window-size={picture.width},{height}", f"--screenshot={path}", html.as_uri()])


def _run(call: list[str]) -> str:
    return subprocess.run(call, capture_output=True, text=True, check=True, timeout=120).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
