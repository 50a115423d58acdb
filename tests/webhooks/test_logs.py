import io
import json
import logging
import threading
from dataclasses import replace

import pytest
import structlog

from pr_reviewer.providers.github.opening import open_office
from pr_reviewer.providers.github.tokens import forms_of
from tests.fakes.github import GitHubServer
from tests.webhooks.shop import Yard
from webhooks.logs import logging_to

SECRET = "correct-horse-battery"
GITHUB_TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"


@pytest.fixture
def github():
    with GitHubServer() as github:
        yield github


class Terminal(io.StringIO):
    def isatty(self):
        return True


def logged(act, *, stream=None, **options):
    """The text that `act(log)` leaves behind."""
    stream = stream or io.StringIO()
    with logging_to(stream, known=[SECRET], **options) as redactor:
        act(structlog.get_logger("test"), redactor)
    return stream.getvalue()


def lines(act):
    return [json.loads(line) for line in logged(act).split("\n") if line]


def test_a_line_is_json_with_its_context():
    def act(log, _):
        with structlog.contextvars.bound_contextvars(delivery="d-1"):
            log.bind(job="j-1").info("taken", pull="o/r#1", head="abc", count=3)

    (line,) = lines(act)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "taken",
        "level": "info",
        "logger": "test",
        "delivery": "d-1",
        "job": "j-1",
        "pull": "o/r#1",
        "head": "abc",
        "count": 3,
    }


def test_a_line_begins_with_when_how_grave_and_what():
    (line,) = lines(lambda log, _: log.info("taken", pull="o/r#1"))
    assert list(line) == ["timestamp", "level", "event", "pull", "logger"]


def test_a_person_at_a_terminal_gets_no_json():
    text = logged(lambda log, _: log.info("taken", pull="o/r#1"), stream=Terminal())
    assert "taken" in text
    assert "{" not in text


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
@pytest.mark.parametrize("secret", [SECRET, GITHUB_TOKEN])
@pytest.mark.parametrize(
    "act",
    [
        lambda log, secret: log.info("with " + secret + " inside"),  # noqa: G003 somebody will
        lambda log, secret: log.info("x", value=secret),
        lambda log, secret: log.info("x", **{secret: 1}),
        lambda log, secret: log.info("x", value={"deep": [("er", {secret: secret})]}),
        lambda log, secret: log.info("x", value={secret}),
        lambda log, secret: log.info("x", value=secret.encode()),
        lambda log, secret: log.info("x", value=ValueError(secret)),
        lambda _, secret: logging.getLogger("library").warning("with %s", secret),
        lambda _, secret: logging.getLogger("library").warning("x", extra={"value": secret}),
    ],
)
def test_no_secret_gets_into_a_line(stream, secret, act):
    text = logged(lambda log, _: act(log, secret), stream=stream())
    assert text
    assert secret not in text


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_no_secret_gets_into_a_traceback(stream):
    def fail(log, _):
        try:
            int(SECRET)
        except ValueError:
            log.exception("failed")
            logging.getLogger("library").exception("failed too")

    text = logged(fail, stream=stream())
    assert text.count("Traceback") == 2
    assert text.count("ValueError: invalid literal") == 2
    assert SECRET not in text


def test_a_credential_that_comes_later_is_redacted_from_then_on():
    def act(log, redactor):
        redactor.add("installation-token-7")
        log.info("using installation-token-7")

    assert "installation-token-7" not in logged(act)


def test_of_credentials_that_come_later_the_last_hundreds_are_remembered_and_those_of_the_start_for_ever():
    def act(log, redactor):
        for number in range(5_000):
            redactor.add(f"token-of-{number:04}", f"token-of-{number:04}")
        log.info("used", tokens=[SECRET, "token-of-4999", "token-of-4200"])
        assert len(redactor._known) <= 1_001

    text = logged(act)
    assert not any(each in text for each in (SECRET, "4999", "4200"))


async def test_an_installations_token_is_in_no_line_in_whatever_form(github):
    stream = io.StringIO()
    with logging_to(stream) as redactor:
        yard = Yard(github)
        async with open_office(replace(yard.access, keep_secret=redactor.add)) as office:
            credentials = office.credentials(yard.installation.id, "octo/shop")
            shown = await credentials.token()
            assert await credentials.renew(shown)
            tokens = (shown, await credentials.token(), await credentials.beside("octo/shop").token())
        forms = [form for token in tokens for form in forms_of(token)]
        for form in forms:
            structlog.get_logger("test").info("sent", header=form)
    assert len(set(forms)) == 6
    assert stream.getvalue().count("\n") == 6
    assert not any(form in stream.getvalue() for form in forms)


def test_what_is_nested_without_end_ends():
    def act(log, _):
        knot = {}
        knot["knot"] = knot
        log.info("x", knot=knot)

    assert logged(act).count("\n") == 1


def test_control_characters_stay_inside_their_line():
    def act(log, _):
        log.info("one\ntwo", title="a\r\n{forged}\x1b[31m")

    assert len(lines(act)) == 1


def test_what_was_set_up_before_is_back_afterwards():
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    logged(lambda log, _: log.info("x"))
    assert (root.handlers[:], root.level) == before


class Stuck(io.StringIO):
    """Nobody reads until `go_on`."""

    def __init__(self):
        super().__init__()
        self.go_on = threading.Event()

    def write(self, text):
        self.go_on.wait()
        return super().write(text)


def test_a_reader_that_has_stopped_holds_up_nobody():
    stream = Stuck()
    with logging_to(stream):
        log = structlog.get_logger("test")
        for number in range(10_100):
            log.info("line", number=number)
        stream.go_on.set()
    assert 9_900 <= stream.getvalue().count("\n") < 10_100


def test_a_reader_that_never_returns_does_not_keep_the_server_from_ending(monkeypatch):
    monkeypatch.setattr("webhooks.logs._LAST_SECONDS", 0.05)
    stream = Stuck()
    with logging_to(stream):
        structlog.get_logger("test").info("line")
    assert stream.getvalue() == ""
    stream.go_on.set()
