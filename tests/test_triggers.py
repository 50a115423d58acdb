"""What an event asks of us."""

from dataclasses import replace

import pytest

from pr_reviewer.model.commands import Command, CommandHelp, CommandName
from pr_reviewer.model.events import (
    Account,
    Closed,
    Comment,
    Commented,
    CommentPlace,
    Edited,
    Ignored,
    InstallationChange,
    InstallationChanged,
    Labeled,
    MergeGroup,
    Opened,
    Ping,
    PullState,
    Pushed,
    ReadyForReview,
    Reopened,
    RepositoriesChanged,
    Repository,
    RepositoryDeleted,
    RepositoryMoved,
    Rerequested,
    ReviewSubmitted,
    Scene,
)
from pr_reviewer.model.pull import PullRequestRef, Revision
from pr_reviewer.model.triggers import (
    AnswerMergeGroup,
    Cancel,
    Forget,
    Nothing,
    Occasion,
    RunAgain,
    RunAutomatic,
    RunCommanded,
)
from pr_reviewer.triggers import Identity, trigger_of

HELPS = {CommandName.REVIEW: CommandHelp(CommandName.REVIEW, "Review.")}
US = Identity(("acme-reviewer[bot]",), HELPS, owners=("Acme",), app_id=7)
ANN = Account("ann", 1)
SHOP = Repository(5, "acme/shop")
SCENE = Scene("github.com", SHOP, ANN, installation=9)
REF = PullRequestRef("github.com", "acme/shop", 3)
PULL = PullState(REF, "Title", ANN, Revision("main", "b" * 40), Revision("topic", "a" * 40))


def comment(body, author=ANN, place=CommentPlace.CONVERSATION):
    return Comment(12, place, body, author)


@pytest.mark.parametrize(
    ("event", "occasion"),
    [
        (Opened(SCENE, PULL), Occasion.OPENED),
        (Reopened(SCENE, PULL), Occasion.REOPENED),
        (ReadyForReview(SCENE, PULL), Occasion.READY_FOR_REVIEW),
        (Pushed(SCENE, PULL, "c" * 40), Occasion.SYNCHRONIZE),
        (Edited(SCENE, PULL, None, "develop"), Occasion.BASE_CHANGED),
        (Edited(SCENE, PULL, "Old", None), Occasion.TITLE_CHANGED),
    ],
)
def test_what_happens_to_an_open_pull_request_is_an_occasion(event, occasion):
    assert trigger_of(event, US) == RunAutomatic(SCENE, PULL, occasion)


def test_a_label_is_an_occasion_with_its_name():
    assert trigger_of(Labeled(SCENE, PULL, "risky"), US) == RunAutomatic(SCENE, PULL, Occasion.LABELED, "risky")


def test_what_happens_to_a_closed_pull_request_is_none():
    assert trigger_of(Labeled(SCENE, replace(PULL, is_open=False), "risky"), US) == Nothing(
        "the pull request is closed"
    )
    assert trigger_of(Closed(SCENE, PULL, is_merged=True), US) == Cancel(SCENE, REF)


def test_an_edit_of_the_description_alone_changes_nothing_for_us():
    assert trigger_of(Edited(SCENE, PULL, None, None), US) == Nothing("neither base nor title changed")
    assert trigger_of(Edited(SCENE, PULL, "Title", "main"), US) == Nothing("neither base nor title changed")


def test_a_comment_runs_its_commands_under_its_own_name():
    written = comment("/review", place=CommentPlace.LINE)

    assert trigger_of(Commented(SCENE, REF, written), US) == RunCommanded(
        SCENE, REF, "line:12", ANN, (Command(CommandName.REVIEW),), written
    )


def test_a_command_may_stand_in_a_review():
    event = ReviewSubmitted(SCENE, PULL, 4, "Nice.\n\n@acme-reviewer review", ANN, "PRR_4")

    commands = (Command(CommandName.REVIEW, 3),)
    assert trigger_of(event, US) == RunCommanded(SCENE, REF, "review:4", ANN, commands, review="PRR_4")


@pytest.mark.parametrize(
    ("author", "body", "why"),
    [
        (ANN, "Looks good.", "no command"),
        (Account("dependabot[bot]", is_bot=True), "/review", "a bot's comment"),
        (Account("Acme-Reviewer[bot]", is_bot=True), "/review", "our own comment"),
        (Account("acme-reviewer[bot]"), "/review", "our own comment"),
    ],
)
def test_bots_and_we_ourselves_command_nothing(author, body, why):
    assert trigger_of(Commented(SCENE, REF, comment(body, author)), US) == Nothing(why)


def test_a_merge_queue_is_answered():
    event = MergeGroup(SCENE, Revision("main", "b" * 40), Revision("queue", "d" * 40))

    assert trigger_of(event, US) == AnswerMergeGroup(SCENE, "d" * 40)


def test_our_own_check_is_run_again_and_another_apps_is_not():
    event = Rerequested(SCENE, "a" * 40, 1, "id", 7, (3,))

    assert trigger_of(event, US) == RunAgain(SCENE, "a" * 40, "id", (3,))
    assert trigger_of(replace(event, app_id=8), US) == Nothing("another App's check")
    assert trigger_of(replace(event, app_id=8), replace(US, app_id=0)) == RunAgain(SCENE, "a" * 40, "id", (3,))


@pytest.mark.parametrize("owner", ["acme", "ACME"])
def test_an_owner_is_served_in_any_case(owner):
    scene = replace(SCENE, repository=Repository(5, f"{owner}/shop"))

    assert isinstance(trigger_of(Opened(scene, PULL), US), RunAutomatic)


def test_strangers_are_not_served_unless_nobody_is_named():
    scene = replace(SCENE, repository=Repository(5, "mallory/shop"))

    assert trigger_of(Opened(scene, PULL), US) == Nothing("the operator does not serve mallory")
    assert isinstance(trigger_of(Opened(scene, PULL), replace(US, owners=())), RunAutomatic)


def test_what_may_be_read_no_longer_is_forgotten_even_a_strangers():
    mallory = Account("mallory")
    removed = InstallationChanged("github.com", 9, mallory, mallory, InstallationChange.DELETED)
    fewer = RepositoriesChanged("github.com", 9, mallory, mallory, (SHOP,))

    assert trigger_of(removed, US) == Forget("github.com", 9, names=("mallory",))
    assert trigger_of(fewer, US) == Forget("github.com", 9, (5,), ("acme/shop",))
    assert trigger_of(RepositoryDeleted(SCENE), US) == Forget("github.com", 9, (5,), ("acme/shop",))


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Ping(1), "a ping"),
        (Ignored("an unknown event"), "an unknown event"),
        (RepositoryMoved(SCENE, "acme/old"), "repositories are known by their ids"),
        (RepositoryDeleted(replace(SCENE, installation=None)), "repositories are known by their ids"),
        (
            InstallationChanged("github.com", 9, ANN, ANN, InstallationChange.SUSPENDED),
            "the installation of ann: suspend",
        ),
        (RepositoriesChanged("github.com", 9, ANN, ANN, ()), "an installation may read more"),
    ],
)
def test_the_rest_asks_nothing_and_says_why(event, why):
    assert trigger_of(event, US) == Nothing(why)
