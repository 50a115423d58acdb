"""Which pull requests are looked at without being asked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.filters import automatic_commands, why_paths_skipped, why_skipped
from pr_reviewer.model.commands import CommandName
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.events import Account, PullState, Repository, Scene
from pr_reviewer.model.pull import PullRequestRef, Revision
from pr_reviewer.model.triggers import Occasion, RunAutomatic
from pr_reviewer.settings.load import load_settings

DEFAULTS = load_settings({}).settings.automatic
ANN = Account("ann", 1)
PULL = PullState(
    PullRequestRef("github.com", "acme/shop", 3),
    "Speed it up",
    ANN,
    Revision("main", "b" * 40),
    Revision("feature/speed", "a" * 40),
    labels=("perf",),
    changed_files=3,
    changed_lines=70,
)
SCENE = Scene("github.com", Repository(5, "acme/shop"), ANN, 9)


def settings(**changes):
    return DEFAULTS.model_copy(update=changes)


@pytest.mark.parametrize("occasion", ["opened", "reopened", "ready_for_review", "synchronize", "base_changed"])
def test_by_default_a_review_runs_and_nothing_else(occasion):
    trigger = RunAutomatic(SCENE, PULL, Occasion(occasion))

    assert automatic_commands(trigger, DEFAULTS) == (CommandName.REVIEW,)


def test_by_default_another_title_and_any_label_run_nothing():
    assert automatic_commands(RunAutomatic(SCENE, PULL, Occasion.TITLE_CHANGED), DEFAULTS) == ()
    assert automatic_commands(RunAutomatic(SCENE, PULL, Occasion.LABELED, "perf"), DEFAULTS) == ()


def test_what_the_settings_list_runs_once_each_in_their_order():
    listed = (CommandName.DESCRIBE, CommandName.REVIEW, CommandName.DESCRIBE)
    chosen = settings(opened=listed, trigger_labels=("perf",))

    assert automatic_commands(RunAutomatic(SCENE, PULL, Occasion.OPENED), chosen) == listed[:2]
    assert automatic_commands(RunAutomatic(SCENE, PULL, Occasion.LABELED, "perf"), chosen) == (CommandName.REVIEW,)
    assert automatic_commands(RunAutomatic(SCENE, PULL, Occasion.LABELED, "Perf"), chosen) == (CommandName.REVIEW,)
    assert automatic_commands(RunAutomatic(SCENE, PULL, Occasion.LABELED, "other"), chosen) == ()
    assert why_skipped(PULL, settings(only_labels=("PERF",))) is None


@pytest.mark.parametrize("name", ["ask", "explain", "help"])
def test_what_answers_somebody_cannot_run_by_itself(name):
    with pytest.raises(SettingsError, match=r'wanted is one of "review", "improve"'):
        load_settings({"PR_REVIEWER_AUTOMATIC__OPENED": f'["{name}"]'})


def test_by_default_only_drafts_are_skipped():
    bots = replace(PULL, author=Account("dependabot[bot]", is_bot=True), is_fork=True)

    assert why_skipped(PULL, DEFAULTS) is None
    assert why_skipped(bots, DEFAULTS) is None
    assert why_skipped(replace(PULL, is_draft=True), DEFAULTS) == "it is a draft"
    assert why_skipped(replace(PULL, is_draft=True), settings(drafts=True)) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"only_labels": ("review",)}, "it has no label of automatic.only_labels"),
        ({"skip_labels": ("perf", "x")}, "it has a label of automatic.skip_labels"),
        ({"skip_labels": ("Perf",)}, "it has a label of automatic.skip_labels"),
        ({"skip_authors": ("bob", "ANN")}, "its author is among automatic.skip_authors"),
        ({"skip_titles": ("*speed*",)}, "its title is among automatic.skip_titles"),
        ({"only_base_branches": ("release/*",)}, "its base branch is not among automatic.only_base_branches"),
        ({"skip_head_branches": ("feature/**",)}, "its branch is among automatic.skip_head_branches"),
        ({"max_files": 2}, "it changes 3 files, more than automatic.max_files"),
        ({"max_lines": 69}, "it changes 70 lines, more than automatic.max_lines"),
    ],
)
def test_each_filter_says_why(changes, why):
    assert why_skipped(PULL, settings(**changes)) == why


@pytest.mark.parametrize(
    "changes",
    [
        {"only_labels": ("perf",)},
        {"skip_labels": ("wip",)},
        {"skip_authors": ("an", "*bot*")},
        {"skip_titles": ("speed", "Speed it up*!")},
        {"only_base_branches": ("main", "release/*")},
        {"skip_head_branches": ("main",)},
        {"max_files": 3, "max_lines": 70},
    ],
)
def test_what_fits_is_looked_at(changes):
    assert why_skipped(PULL, settings(**changes)) is None


def test_bots_and_forks_are_skipped_where_the_settings_say_so():
    bot = replace(PULL, author=Account("dependabot[bot]", is_bot=True))

    assert why_skipped(bot, settings(bots=False)) == "a bot opened it"
    assert why_skipped(replace(PULL, is_fork=True), settings(forks=False)) == "it comes from a fork"


def test_a_size_that_is_not_told_is_no_reason():
    assert (
        why_skipped(replace(PULL, changed_files=None, changed_lines=None), settings(max_files=1, max_lines=1)) is None
    )


def test_changed_files_may_decide():
    chosen = settings(only_paths=("services/**",))

    assert why_paths_skipped(["docs/a.md"], DEFAULTS) is None
    assert why_paths_skipped(["docs/a.md", "services/b.py"], chosen) is None
    assert why_paths_skipped(["docs/a.md"], chosen) == "no changed file is among automatic.only_paths"


@pytest.mark.parametrize("key", ["only_base_branches", "skip_head_branches"])
def test_what_is_no_glob_is_named(key):
    with pytest.raises(SettingsError, match=f"automatic.{key}"):
        why_skipped(PULL, settings(**{key: ("!",)}))


@pytest.mark.parametrize(
    ("pattern", "title", "is_skipped"),
    [
        ("", "", True),
        ("a", "A", True),
        ("*", "anything", True),
        ("a*b", "ab", True),
        ("a*b", "acb", True),
        ("a*b", "a", False),
        ("ab*b", "ab", False),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("a**c", "abc", True),
        ("[wip]*", "[WIP] x", True),
        ("*" * 50 + "z", "y" * 200, False),
        ("*a" * 50 + "z", "a" * 200, False),
    ],
)
def test_a_star_stands_for_any_characters(pattern, title, is_skipped):
    skipped = why_skipped(replace(PULL, title=title), settings(skip_titles=(pattern,)))

    assert (skipped is not None) is is_skipped


@given(st.lists(st.text(alphabet="ab", max_size=3), min_size=1, max_size=4), st.text(alphabet="ab", max_size=6))
def test_a_text_that_is_made_from_a_pattern_matches_it(pieces, filler):
    title = filler.join(pieces)

    assert why_skipped(replace(PULL, title=title), settings(skip_titles=("*".join(pieces),))) is not None
