"""What a provider would act on in plain words becomes inline code: it reads and copies as before, and does nothing."""

import re
from collections.abc import Iterator

from pr_reviewer.report.addresses import safe_url
from pr_reviewer.report.tree import Code, Link, Text

# Bounded at the front, so that a word of a megabyte costs no more than its length.
_ADDRESS = r"[A-Za-z][A-Za-z0-9.+-]{0,30}://\S+|www\.\S+|(?:mailto|xmpp):\S+"
# @user, @org/team, name@host, owner/repo#1, #1, !1, &1, and what begins mathematics.
_MENTION = r"[\w./+-]{0,100}(?:@|\$|[#!&](?=\d))[\w./+@$#!&{}-]*"
_ACTIVE = re.compile(f"(?P<address>{_ADDRESS})|(?P<mention>{_MENTION})|\\w{{0,30}}GH-\\d[\\w-]*", re.IGNORECASE)
_SENTENCE_END = ".,;:!?([{)]}'\"*_~>"
_WORD_END = ".,-/+!&#{}"


def defuse(text: str, *, may_link: bool = True) -> Iterator[Text | Code | Link]:
    """The words in order; mentions, references, addresses and dollars as code, safe addresses as links if they may."""
    end = 0
    for match in _ACTIVE.finditer(text):
        active = match[0].rstrip(_SENTENCE_END if match["address"] else _WORD_END) or match[0]
        if match.start() > end:
            yield Text(text[end : match.start()])
        url = safe_url(active) if match["address"] and may_link else None
        yield Link(url) if url else Code(active)
        end = match.start() + len(active)
    if end < len(text):
        yield Text(text[end:])
