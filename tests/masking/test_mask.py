"""Masking keeps a text's shape, is final, and costs little."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.masking import mask, redact
from pr_reviewer.model.code import Masked, Secret
from tests.masking.builders import characters, private_key, upper

KEY = "AKIA" + upper(16)
BODY = "[masked private key]"


def test_a_text_without_secrets_comes_back_as_it_is():
    text = "import os\r\n\fx = 1\u2028y\n\udce9"
    assert mask(text) == Masked(text)


def test_secrets_are_named_with_their_lines_in_order():
    text = "\n".join(["x", *private_key(1), f"k = '{KEY}' or '{KEY[::-1]}' or '{KEY}'"])
    assert mask(text).secrets == (
        Secret(3, "private key"),
        Secret(4, "private key"),
        Secret(6, "AWS access key"),
        Secret(6, "AWS access key"),
    )
    assert mask(text).lines == {3, 4, 6}


SOUP = st.lists(
    st.one_of(
        st.sampled_from([KEY, *private_key(2), "password = ", "'", '"', "://u:", "@host", "secret: ", "\\n", " ", "+"]),
        st.sampled_from(["\n", "\r\n", "\f", "\u2028", "eyJ", "sk-", "Authorization: Bearer ", characters(32)]),
        st.text(max_size=8),
    ),
    max_size=30,
).map("".join)


@given(SOUP)
def test_masking_twice_masks_no_more_and_no_line_is_lost(text):
    once = mask(text, "a.env")
    assert mask(once.text, "a.env") == Masked(once.text)
    assert once.text.count("\n") == text.count("\n")
    assert KEY not in once.text.split()


def test_every_line_of_a_private_key_is_masked_and_its_borders_stay():
    begin, *body, end = private_key(3)
    assert mask("\n".join([begin, *body, end, "after"])).text.split("\n") == [begin, *[BODY] * 4, end, "after"]


def test_a_private_key_written_as_code_keeps_its_quotes():
    begin, *body, end = private_key(2, label="")
    lines = [f'KEY = "{begin}\\n" +', *[f'    "{line}\\n" +' for line in body], f'    "{end}"']
    assert mask("\n".join(lines)).text.split("\n") == [lines[0], *[f'    "{BODY}\\n" +'] * 3, lines[-1]]


def test_a_private_key_on_one_line_is_masked_between_its_borders():
    begin, *body, end = private_key(2)
    line = '{"private_key": "' + begin + "\\n" + "\\n".join(body) + "\\n" + end + '"}'
    assert mask(line).text == '{"private_key": "' + begin + BODY + end + '"}'


def test_headers_and_empty_lines_within_a_private_key_do_not_end_it():
    begin, *body, end = private_key(2)
    text = "\n".join([begin, "Proc-Type: 4,ENCRYPTED", "", *body, end])
    assert mask(text).text.split("\n") == [begin, BODY, "", BODY, BODY, BODY, end]


def test_a_private_key_that_is_cut_off_ends_where_its_text_ends():
    begin, *body, _ = private_key(2)
    lines = [begin, *body[:2], "def after(): return 1"]
    assert mask("\n".join(lines)).text.split("\n") == [begin, BODY, BODY, lines[-1]]


def test_a_private_key_wrapped_by_a_terminal_is_masked_whole():
    begin, *body, end = private_key(3)
    lines = [begin + "\\n" + body[0], *body[1:], end]
    assert mask("\n".join(lines)).text.split("\n") == [begin + BODY, BODY, BODY, BODY, end]


def test_a_putty_key_is_masked():
    _, *body, _ = private_key(2)
    lines = ["PuTTY-User-Key-File-3: ssh-ed25519", "Private-Lines: 2", *body[:2], "Private-MAC: 0a"]
    assert mask("\n".join(lines)).text.split("\n") == [*lines[:2], BODY, BODY, lines[-1]]


@pytest.mark.parametrize(
    "after",
    [["def load(): ..."], ["", "", "", "", "", "", "", ""], [f"{characters(8)}", "x = 1"], []],
)
def test_code_that_only_knows_the_first_line_of_a_private_key_stays(after):
    text = "\n".join(['BEGIN = "' + private_key(0)[0] + '"', *after])
    assert mask(text) == Masked(text)


def test_known_credentials_and_look_alikes_are_redacted_from_errors():
    text = f"401 for s3cr3t-of-mine (s3cr3t) with {KEY}"
    known = ["s3cr3t", "s3cr3t-of-mine", "4"]
    assert redact(text, known) == "401 for [masked credential] ([masked credential]) with [masked AWS access key]"


def test_ten_thousand_lines_cost_a_fraction_of_a_second():
    line = 'def f(key, token): return client.get("https://example.com/api/v1", secret=os.environ["A"])  # bot sk'
    start = time.process_time()
    mask("\n".join([line] * 10_000))
    assert time.process_time() - start < 0.9  # 0.2 s on a quiet machine


@pytest.mark.parametrize(
    "bait",
    [
        *["eyJ-", "sk-a-t3blbkfj", "xoxb-1-", "://a:", "secret ", "token=", "aws key ", "_authToken=//", "glpat-"],
        *["password: '", "-----BEGIN PRIVATE KEY-----", "authorization: bearer ", "1:", "bot", "=====", " \\n", "a."],
    ],
)
def test_a_line_made_to_be_slow_is_not_slow(bait):
    key = private_key(1)
    line = bait * (200_000 // len(bait)) + "!"
    start = time.process_time()
    mask("\n".join([key[0], key[1], line, f"secret token bot twilio {line}"]), "a.env")
    assert time.process_time() - start < 3
