import runpy
from pathlib import Path

from pr_reviewer.settings.load import default_values
from pr_reviewer.settings.schema.reference import render_reference

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_page_is_up_to_date():
    written_by = "python -m pr_reviewer.settings > docs/settings.md"
    assert PAGE.read_text() == render_reference(default_values()), f"write it anew: {written_by}"


def test_a_setting_is_told_with_its_variable_meaning_default_and_who_may_set_it():
    row = next(line for line in render_reference(default_values()).split("\n") if "MAX_COMMENTS`" in line)
    assert row == (
        "| `max_comments`<br>`PR_REVIEWER_REVIEW__MAX_COMMENTS` | Most comments on lines; further findings are folded "
        "into the summary. A whole number from 0 to 100. | `5` | repository |"
    )


def test_a_bar_does_not_end_a_cell():
    page = render_reference({**default_values(), "models.review": "a|b"})
    assert r"`\"a\|b\"`".replace(r"\"", '"') in page


def test_the_command_that_writes_the_page_prints_just_the_page(capsys):
    runpy.run_module("pr_reviewer.settings", run_name="__main__")
    assert capsys.readouterr().out == PAGE.read_text()
