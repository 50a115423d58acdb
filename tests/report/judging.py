"""What a browser would see of rendered markdown, and what of it would act."""

import re
from html.parser import HTMLParser

HARMLESS = frozenset({"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a"})
# Mentions, references, mathematics and addresses that are no links.
ACTIVE = re.compile(r"@\w|(?<!\w)(?:[\w-]+/[\w.-]+)?[#!&]\d|\bGH-\d|\$|\w://\w", re.IGNORECASE)
_VOID = frozenset({"br", "img", "hr", "input"})


class Page(HTMLParser):
    """Elements, addresses, the words outside code and links, and the code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.code: list[str] = []
        self.open = 0
        self._quiet: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.open += tag not in _VOID
        self.addresses += [value for name, value in attrs if name == "href"]
        if tag in {"code", "a"}:
            self._quiet.append(tag)

    def handle_endtag(self, tag):
        self.open -= tag not in _VOID
        if tag in {"code", "a"}:
            self._quiet.pop()

    def handle_data(self, data):
        (self.code if "code" in self._quiet else [] if self._quiet else self.words).append(data)

    def handle_comment(self, data):
        self.elements.add(f"<!--{data}-->")
