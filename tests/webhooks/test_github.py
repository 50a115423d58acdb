import itertools

import pytest

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
from tests.webhooks.builders import encoded, payload, recorded
from webhooks.github import is_known, parse_event
from webhooks.strict_json import Malformed

HELLO = Repository(186853002, "Codertocat/Hello-World")
CODER = Account("Codertocat", 21031067)
SCENE = Scene("github.com", HELLO, CODER)
REF = PullRequestRef("github.com", "Codertocat/Hello-World", 2)
HEAD, BASE = "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"
PULL = PullState(
    ref=REF,
    title="Update the README with new information.",
    author=CODER,
    base=Revision("master", BASE),
    head=Revision("changes", HEAD),
    changed_files=1,
    changed_lines=2,
    updated_at="2019-05-15T15:20:33Z",
)


def parse(event, body):
    return parse_event({"x-github-event": event}, body if isinstance(body, bytes) else encoded(body))


def changed(event, action, *path, to):
    """A recorded payload with one value replaced; `...` leaves it out."""
    body = payload(event, action)
    place = body
    for part in path[:-1]:
        place = place[part]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return body


def test_an_opened_pull_request():
    assert parse("pull_request", payload("pull_request", "opened")) == Opened(SCENE, PULL)


@pytest.mark.parametrize(
    ("event", "action", "kind"),
    [
        ("pull_request", "opened", Opened),
        ("pull_request", "synchronize", Pushed),
        ("pull_request", "labeled", Labeled),
        ("pull_request", "closed", Closed),
        ("pull_request", "reopened", Reopened),
        ("pull_request", "ready_for_review", ReadyForReview),
        ("pull_request_review_comment", "created", Commented),
        ("pull_request_review", "submitted", ReviewSubmitted),
        ("merge_group", "checks_requested", MergeGroup),
        ("check_run", "rerequested", Rerequested),
        ("check_suite", "rerequested", Rerequested),
        ("installation", "created", InstallationChanged),
        ("installation_repositories", "added", RepositoriesChanged),
        ("repository", "renamed", RepositoryMoved),
        ("repository", "transferred", RepositoryMoved),
        ("ping", "", Ping),
    ],
)
def test_every_recorded_payload_of_what_concerns_us_is_read(event, action, kind):
    bodies = [
        body for name, body in (*recorded(), *recorded("ghes")) if name == event and body.get("action", "") == action
    ]
    assert bodies
    assert {type(parse(event, body)) for body in bodies} == {kind}


def test_no_recorded_payload_is_malformed():
    for event, body in (*recorded(), *recorded("ghes")):
        parse(event, body)


def test_an_enterprise_server_is_known_by_its_host():
    body = next(body for event, body in recorded("ghes") if event == "pull_request" and body["action"] == "opened")
    assert parse("pull_request", body).scene.host == "octocoders.github.io"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://GHE.example/o/r", "ghe.example"),
        ("https://ghe.example:443/o/r", "ghe.example"),
        ("https://ghe.example:8443/o/r", "ghe.example:8443"),
        ("http://ghe.example:80/o/r", "ghe.example"),
    ],
)
def test_a_host_is_written_as_everywhere_else(url, host):
    assert parse("pull_request", changed("pull_request", "opened", "repository", "html_url", to=url)).scene.host == host


def test_the_head_that_a_push_replaced_is_told():
    body = payload("pull_request", "synchronize")
    assert parse("pull_request", body) == Pushed(
        parse("pull_request", body).scene, parse("pull_request", body).pull, body["before"]
    )


@pytest.mark.parametrize(
    ("changes", "title", "base"),
    [
        ({"title": {"from": "Old"}}, "Old", None),
        ({"base": {"ref": {"from": "old"}, "sha": {"from": BASE}}}, None, "old"),
        ({"title": {"from": "Old"}, "base": {"ref": {"from": "old"}}, "body": {"from": ""}}, "Old", "old"),
    ],
)
def test_an_edit_of_title_or_base_matters(changes, title, base):
    body = {**payload("pull_request", "opened"), "action": "edited", "changes": changes}
    assert parse("pull_request", body) == Edited(SCENE, PULL, title, base)


def test_an_edit_of_the_description_does_not():
    body = {**payload("pull_request", "opened"), "action": "edited", "changes": {"body": {"from": "x"}}}
    assert parse("pull_request", body) == Ignored("neither title nor base branch was edited")


def test_a_label_tells_its_name():
    body = payload("pull_request", "labeled")
    assert parse("pull_request", body).label == body["label"]["name"]


def test_a_label_that_is_gone_already_is_ignored():
    assert parse("pull_request", changed("pull_request", "labeled", "label", to=...)) == Ignored(
        "the label is gone already"
    )


def test_a_merged_pull_request_is_closed_as_such():
    assert parse("pull_request", changed("pull_request", "closed", "pull_request", "merged", to=True)).is_merged
    assert not parse("pull_request", changed("pull_request", "closed", "pull_request", "merged", to=None)).is_merged


def test_a_fork_is_another_repository_or_one_that_is_gone():
    for repo in ({"id": 1}, None):
        body = changed("pull_request", "opened", "pull_request", "head", "repo", to=repo)
        assert parse("pull_request", body).pull.is_fork


def test_a_deleted_author_is_a_ghost_and_a_bot_is_a_bot():
    gone = changed("pull_request", "opened", "pull_request", "user", to=None)
    bot = changed("pull_request", "opened", "pull_request", "user", to={"login": "d[bot]", "id": 3, "type": "Bot"})
    assert parse("pull_request", gone).pull.author == Account("ghost")
    assert parse("pull_request", bot).pull.author == Account("d[bot]", 3, is_bot=True)


def test_a_pull_request_without_figures_has_none():
    body = payload("pull_request", "opened")
    for name in ("changed_files", "additions", "deletions"):
        del body["pull_request"][name]
    pull = parse("pull_request", body).pull
    assert (pull.changed_files, pull.changed_lines) == (None, None)


def test_a_comment_on_a_pull_request_is_told_from_one_on_an_issue():
    body = payload("issue_comment", "created")
    assert parse("issue_comment", body) == Ignored("a comment on an issue, not on a pull request")
    body["issue"]["pull_request"] = {"url": "https://api.github.com/repos/Codertocat/Hello-World/pulls/1"}
    event = parse("issue_comment", body)
    author = Account(body["comment"]["user"]["login"], body["comment"]["user"]["id"])
    assert event.ref == PullRequestRef("github.com", "Codertocat/Hello-World", body["issue"]["number"])
    assert event.comment == Comment(body["comment"]["id"], CommentPlace.CONVERSATION, body["comment"]["body"], author)


def test_a_reply_on_a_line_knows_its_thread():
    body = changed("pull_request_review_comment", "created", "comment", "in_reply_to_id", to=5)
    comment = parse("pull_request_review_comment", body).comment
    assert (comment.place, comment.reply_to) == (CommentPlace.LINE, 5)


def test_a_submitted_review_may_say_nothing():
    body = changed("pull_request_review", "submitted", "review", "body", to=None)
    event = parse("pull_request_review", body)
    assert (event.id, event.body) == (body["review"]["id"], "")


def test_a_merge_group_names_branches():
    event = parse("merge_group", payload("merge_group", "checks_requested"))
    assert event.base.branch == "main"
    assert event.head.branch.startswith("gh-readonly-queue/main/pr-104-")


def test_a_check_asked_for_again_tells_whose_it_is():
    body = payload("check_run", "rerequested")
    run = body["check_run"]
    event = parse("check_run", body)
    assert (event.check_run, event.head_sha, event.app_id) == (run["id"], run["head_sha"], run["app"]["id"])
    assert parse("check_suite", payload("check_suite", "rerequested")).check_run is None


@pytest.mark.parametrize("change", list(InstallationChange))
def test_what_happens_to_an_installation(change):
    body = payload("installation", "created") | {"action": change.value}
    event = parse("installation", body)
    assert (event.change, event.account.login) == (change, "Codertocat")
    assert event.installation == body["installation"]["id"]


def test_an_enterprise_has_a_slug_for_a_login():
    account = {"id": 4, "slug": "acme", "html_url": "https://github.com/enterprises/acme"}
    body = changed("installation", "created", "installation", "account", to=account)
    assert parse("installation", body).account == Account("acme", 4)


def test_repositories_come_and_go():
    body = payload("installation_repositories", "added")
    assert parse("installation_repositories", body).removed == ()
    gone = body | {"action": "removed", "repositories_added": [], "repositories_removed": body["repositories_added"]}
    told = tuple(Repository(each["id"], each["full_name"]) for each in body["repositories_added"])
    assert parse("installation_repositories", gone).removed == told != ()


def test_a_renamed_repository_knows_its_former_name():
    body = payload("repository", "renamed")
    body["changes"]["repository"]["name"]["from"] = "Old"
    assert parse("repository", body).former == f"{body['repository']['owner']['login']}/Old"


def test_a_transferred_repository_knows_its_former_owner():
    body = payload("repository", "transferred")
    name = body["repository"]["name"]
    assert parse("repository", body).former == f"octocat/{name}"
    body["changes"]["owner"]["from"] = {"organization": {"login": "acme", "id": 3}}
    assert parse("repository", body).former == f"acme/{name}"
    body["changes"]["owner"]["from"] = {}
    with pytest.raises(Malformed, match="nobody owned it"):
        parse("repository", body)


def test_a_deleted_repository_is_gone():
    body = payload("repository", "renamed") | {"action": "deleted"}
    assert parse("repository", body) == RepositoryDeleted(parse("repository", payload("repository", "renamed")).scene)


def test_a_ping_is_answered_for_its_hook():
    body = payload("ping")
    assert parse("ping", body) == Ping(body["hook_id"])


@pytest.mark.parametrize("action", ["assigned", "", "no such thing", "OPENED"])
def test_actions_that_concern_nobody_are_ignored(action):
    body = payload("pull_request", "opened") | {"action": action}
    assert parse("pull_request", body) == Ignored("unknown action")


@pytest.mark.parametrize("event", ["push", "star", "", "PULL_REQUEST"])
def test_events_that_concern_nobody_are_not_even_parsed(event):
    assert parse(event, b"no JSON at all") == Ignored("unknown event")


def test_an_action_that_is_no_text_is_ignored():
    assert parse("pull_request", payload("pull_request", "opened") | {"action": ["opened"]}) == Ignored(
        "unknown action"
    )


def test_no_body_passes_for_another_event():
    events = sorted({event for event, _ in recorded() if is_known(event)})
    passed = []
    for (event, body), other in itertools.product(recorded(), events):
        if event != other and is_known(event):
            try:
                passed.append((event, body.get("action"), other, parse(other, body)))
            except Malformed:
                continue
    assert passed == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"{}x",
        b"\xff\xfe",
        b'{"action": "\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"action": "opened", "action": "closed"}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\\ud800"}',
        b'{"a": "\x01"}',
        b'{"a": 01}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"a": ' + b'{"a": ' * 100_000,
        b"[" * 1_000_000,
        b"payload=%7B%7D",
    ],
)
def test_what_is_no_plain_json_object_is_malformed(body):
    with pytest.raises(Malformed):
        parse("pull_request", body)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("number",), "2"),
        (("number",), 2.0),
        (("number",), True),
        (("number",), 0),
        (("number",), 2**31),
        (("pull_request",), []),
        (("pull_request", "number"), -1),
        (("pull_request", "title"), None),
        (("pull_request", "title"), "x" * 1_000_001),
        (("pull_request", "state"), "odd"),
        (("pull_request", "draft"), "no"),
        (("pull_request", "labels"), {}),
        (("pull_request", "head", "sha"), "HEAD"),
        (("pull_request", "head", "sha"), "--upload-pack=x"),
        (("pull_request", "head", "sha"), HEAD + "\n"),
        (("pull_request", "head", "sha"), "a" * 41),
        (("pull_request", "user", "id"), 2**63),
        (("pull_request", "user", "login"), "a b"),
        (("repository", "full_name"), "../../etc"),
        (("repository", "full_name"), "a/b/c"),
        (("repository", "full_name"), "a/b\n"),
        (("repository", "html_url"), "file:///etc"),
        (("repository", "html_url"), "https://user:pass@github.com/o/r"),
        (("repository", "html_url"), "https://github.com:99999999/o/r"),
        (("repository", "html_url"), "https://github.com:0/o/r"),
        (("repository", "html_url"), "https://:80/o/r"),
        (("repository", "html_url"), "https://[::1/o/r"),
        (("repository", "id"), 10**30),
        (("repository",), ...),
        (("pull_request", "head"), ...),
    ],
)
def test_a_value_of_another_form_is_malformed_and_not_repeated(path, value):
    with pytest.raises(Malformed) as raised:
        parse("pull_request", changed("pull_request", "opened", *path, to=value))
    assert "upload-pack" not in str(raised.value)
    assert raised.value.__cause__ is None
