"""The exact text of every kind of report. `python -m tests.report.golden` writes it anew; look at the difference."""

from collections.abc import Mapping
from pathlib import Path

from pr_reviewer.report.as_json import to_json
from pr_reviewer.report.comments import comment_body
from pr_reviewer.report.links import Links
from pr_reviewer.report.markdown import summary_body, to_markdown
from pr_reviewer.report.text import Detail, to_text
from tests.report.builders import BOOK, FILES, INCOMPLETE, LINKS, NASTY, REVIEWS, THREE, WITH_RULES

FOLDER = Path(__file__).parents[1] / "golden" / "report"


def reports() -> Mapping[str, str]:
    """File name to text."""
    found = {}
    for name, review in REVIEWS.items():
        found[f"{name}.summary.md"] = summary_body(review, LINKS) + "\n"
        found[f"{name}.txt"] = to_text(review, FILES)
    for review_name, review in {"three": THREE, "nasty": NASTY, "rules": WITH_RULES}.items():
        for number, placed in enumerate(review.comments, start=1):
            found[f"{review_name}.comment{number}.md"] = comment_body(placed, LINKS) + "\n"
    found["incomplete.document.md"] = to_markdown(INCOMPLETE, FILES)
    found["incomplete.verbose.txt"] = to_text(INCOMPLETE, FILES, width=60, detail=Detail.VERBOSE, links=LINKS)
    found["incomplete.quiet.txt"] = to_text(INCOMPLETE, FILES, detail=Detail.QUIET)
    found["three.coloured.txt"] = to_text(THREE, FILES, is_coloured=True)
    found["nasty.summary.md"] = summary_body(NASTY, LINKS) + "\n"
    found["nasty.txt"] = to_text(NASTY, FILES)
    found["three.json"] = to_json(THREE)
    found["rules.json"] = to_json(WITH_RULES, LINKS)
    found["rules.verbose.txt"] = to_text(
        WITH_RULES, FILES, detail=Detail.VERBOSE, links=Links(rule_for=BOOK.rule_for, installation="/opt/reviewer")
    )
    return found


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in reports().items():
        (FOLDER / name).write_bytes(text.encode("utf-8"))
