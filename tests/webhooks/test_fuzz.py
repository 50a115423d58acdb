"""Whatever GitHub's own payloads are turned into: an answer that fits, never a 500."""

import asyncio
import copy
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webhooks.builders import encoded, headers, mutations, recorded, running_site, signature, sqlite_inbox

ANSWERS = {200, 202, 204, 400}
REFUSALS = {400, 401, 404, 405, 413}
KNOWN = sorted({event for event, _ in recorded()})
PAYLOADS = st.sampled_from((*recorded(), *recorded("ghes")))
EVENTS = st.sampled_from(KNOWN) | st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(scope="module")
def post():
    """Sends one request to a running application, and gives its status."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        running = running_site(sqlite_inbox(Path(folder)))
        site = runner.run(running.__aenter__())

        def send(body, sent):
            return runner.run(site.client.post("/webhooks/github", content=body, headers=sent)).status_code

        yield send
        runner.run(running.__aexit__(None, None, None))


@pytest.mark.parametrize(("event", "body"), recorded(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_recorded_payload_gets_an_answer_that_is_no_refusal(post, event, body):
    content = encoded(body)
    assert post(content, headers(event, content)) in {200, 202, 204}


@FUZZ
@given(PAYLOADS, st.data())
def test_payloads_with_something_else_in_them(post, example, data):
    event, body = example
    changed = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(1, 3))):
        replace_somewhere(changed, data)
    content = json.dumps(changed).encode()
    assert (
        post(content, headers(data.draw(st.just(event) | EVENTS.filter(str.isascii)).strip() or "x", content))
        in ANSWERS
    )


def replace_somewhere(value, data):
    """Walks down at random and puts another value there, or takes one out."""
    while True:
        keys = sorted(value) if isinstance(value, dict) else range(len(value))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(value[key], dict | list) and value[key] and data.draw(st.booleans()):
            value = value[key]
            continue
        if data.draw(st.booleans()):
            value[key] = data.draw(st.sampled_from(list(mutations(value[key]))) | JSON)
        else:
            del value[key]
        return


@FUZZ
@given(PAYLOADS, st.data())
def test_payloads_with_bytes_changed(post, example, data):
    event, body = example
    content = bytearray(encoded(body))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    assert post(bytes(content), headers(event, bytes(content))) in ANSWERS


@FUZZ
@given(PAYLOADS, st.integers(0, 3000))
def test_payloads_cut_short(post, example, length):
    event, body = example
    content = encoded(body)[:length]
    assert post(content, headers(event, content)) in ANSWERS


@FUZZ
@given(JSON, st.sampled_from(KNOWN))
def test_any_json_under_any_event(post, value, event):
    content = json.dumps(value).encode()
    assert post(content, headers(event, content)) in ANSWERS


HEADER = st.binary(max_size=80).filter(lambda value: not set(value) & set(b"\r\n\0") and value == value.strip())


@FUZZ
@given(PAYLOADS, HEADER, HEADER, HEADER, st.booleans())
def test_any_headers(post, example, event, delivery, claimed, is_signed):
    content = encoded(example[1])
    told = signature(content).encode() if is_signed else claimed
    sent = {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery, "X-Hub-Signature-256": told}
    assert post(content, sent) in ANSWERS | REFUSALS


@FUZZ
@given(st.binary(max_size=2000), st.sampled_from(KNOWN))
def test_unsigned_bytes_are_never_read(post, content, event):
    sent = headers(event, content, secret="another")
    assert post(content, sent) == 401
