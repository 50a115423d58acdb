"""What becomes of each thing that a model may write."""

import pytest

from pr_reviewer.report.characters import clean, one_line, visible
from pr_reviewer.report.sanitise import prose, title
from pr_reviewer.report.tree import Code, Text
from pr_reviewer.report.write import code_block, code_span, write_cell


@pytest.mark.parametrize(
    ("written", "posted"),
    [
        # What a review needs stays as it is.
        ("Plain words, `code` and **weight**, *stress*.", "Plain words, `code` and **weight**, *stress*."),
        ("- a\n- b\n  - c\n\n1. d\n2. e", "- a\n- b\n  - c\n\n1. d\n2. e"),
        ("3. c\n4. d", "3. c\n4. d"),
        ("> quoted\n> words", "> quoted words"),
        ("```py\n@decorator\n```", "```python\n@decorator\n```"),
        ("```diff\n-a\n+b\n```", "```diff\n-a\n+b\n```"),
        ("    indented", "```\nindented\n```"),
        ("`` a`b ``", "``a`b``"),
        ("one  \ntwo", "one\\\ntwo"),
        ("one\ntwo", "one two"),
        ("snake_case and a * b", "snake_case and a \\* b"),
        ("`@a`", "`@a`"),
        # Names in prose about code are not emphasis.
        ("call __init__ first", "call \\_\\_init\\_\\_ first"),
        # Emphasis stays where every renderer sees it.
        ("a**b**c", "abc"),
        ("**a**`b`", "a`b`"),
        ("**a *b* c**", "**a b c**"),
        ("**&nbsp;a**", "a"),
        ("(*a*, **b**.)", "(*a*, **b**.)"),
        ("~~gone~~", "gone"),
        # Layout that blows up a comment.
        ("# Title", "**Title**"),
        ("Title\n===", "Title ==="),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("- [ ] task", "- \\[ \\] task"),
        ("| a | b |\n|---|---|\n| `x` | y |", "```\na | b\n`x` | y\n```"),
        ("> > > > > deep", "> > > deep"),
        ("- a\n\n* b", "- a\n- b"),
        ("- \n- b", "- b"),
        ("- a\n\n  b\n- c", "- a\n\n  b\n\n- c"),
        ("- a\n  5. b", "- a 5. b"),
        ("99999999. a", "99999. a"),
        # HTML is words.
        ("<b>x</b>", "&lt;b>x&lt;/b>"),
        ("&lt;img&gt;", "&lt;img>"),
        ("&amp;lt;", "&amp;lt;"),
        ("<!-- pr-reviewer:summary v1 -->", "&lt;!-- pr-reviewer:summary v1 -->"),
        # Images lose their address.
        ("![alt](https://x.yz/i.png)", "(image: alt)"),
        ("![](https://x.yz/i.png)", "(image: no text)"),
        ("![a][1]\n\n[1]: https://x.yz/i.png", "!\\[a\\]\\[1\\]\n\n\\[1\\]: <https://x.yz/i.png>"),
        # Links show where they lead.
        ("[docs](https://docs.example/a)", "[docs (docs.example)](https://docs.example/a)"),
        ("[docs (docs.example)](https://docs.example/a)", "[docs (docs.example)](https://docs.example/a)"),
        ("[safe.example](https://evil.example)", "[safe.example (evil.example)](https://evil.example)"),
        ("[a **b** `c`](https://x.yz)", "[a b `c` (x.yz)](https://x.yz)"),
        ("[@bob](https://x.yz)", "[`@bob` (x.yz)](https://x.yz)"),
        ("[](https://x.yz)", "<https://x.yz>"),
        ("**[a](https://x.yz)**", "**[a (x.yz)](https://x.yz)**"),
        ("Wow![a](<https://x.yz/a b>)", "Wow(image: a)"),
        ("Wow&#33;[a](https://x.yz)", "Wow\\![a (x.yz)](https://x.yz)"),
        ("see https://x.yz/a_b(c).", "see <https://x.yz/a_b%28c>)."),
        ("<https://x.yz/?a=1&b=2>", "<https://x.yz/?a=1&b=2>"),
        ("https://x.yz/é%zz", "<https://x.yz/%C3%A9%25zz>"),
        # Other addresses are words or code.
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("[x](src/a.py)", "x (`src/a.py`)"),
        ("[x]()", "x"),
        ("[x](https://user@evil.example/)", "x (`https://user@evil.example/`)"),
        ("<mailto:a@b.cd>", "`mailto:a@b.cd`"),
        ("www.evil.example ftp://x.yz localhost://a", "`www.evil.example` `ftp://x.yz` `localhost://a`"),
        ("https://x.yz/" + "a" * 2000, "`https://x.yz/" + "a" * 2000 + "`"),
        # Mentions and references.
        ("@alice, @acme/owners and a@b.cd", "`@alice`, `@acme/owners` and `a@b.cd`"),
        ("&#64;alice", "`@alice`"),
        ("@<b></b>alice", "`@`&lt;b>&lt;/b>alice"),
        ("#12 acme/shop#12 GH-12 gh-1 !7 &3", "`#12` `acme/shop#12` `GH-12` `gh-1` `!7` `&3`"),
        ("C# and a & b!", "C# and a & b!"),
        ("https://git.example/acme/shop/issues/1", "`https://git.example/acme/shop/issues/1`"),
        ("[x](https://git.example/a/b/pull/1)", "x (`https://git.example/a/b/pull/1`)"),
        ("`a`@bob", "`a@bob`"),
        # Commands, at the start of any line.
        ("/close", "\\/close"),
        ("- /close", "- \\/close"),
        ("a\\\n/close", "a\\\n\\/close"),
        ("::error::x", "\\::error::x"),
        ("1986\\. A year", "1986\\. A year"),
        # Fences.
        ("```suggestion\nx\n```", "```\nx\n```"),
        ("~~~ suggestion:-0+2\nx", "```\nx\n```"),
        ("```mermaid\nx\n```", "```\nx\n```"),
        ("````\n```\n````", "````\n```\n````"),
        ("```\n\n```", ""),
        ("costs $5, $HOME", "costs `$5`, `$HOME`"),
        # Characters that cannot be seen.
        ("a\u202eb\u200bc\x1b[31m", "abc\\[31m"),
        ("&#8238;a&#10;b", "a b"),
        ("a\u2028b\r\nc", "a b c"),
        ("\ud800 \ue000 a\u3164b", "\ufffd \ufffd ab"),
        ("  \n\n ", ""),
        ("# ", ""),
        ("&#32;", ""),
        ("a\\\n&#32;", "a"),
    ],
)
def test_prose_is_written_as(written, posted):
    assert prose(written) == posted


@pytest.mark.parametrize(
    ("written", "limit", "posted"),
    [
        ("one two three", 11, "one two…"),
        ("one two three", 3, "…"),
        ("one\n\ntwo\n\nthree", 9, "one\n\n…"),
        ("**one two** three", 12, "one two…"),
        ("**one two three** four", 12, "**one two…**"),
        ("*one two three* four", 10, "*one two…*"),
        ("`one two three`", 11, "`one two…`"),
        ("one\\\ntwo\\\nthree four", 12, "one\\\ntwo\\\n…"),
        ("```\none\ntwo\nthree\n```", 18, "```\none\ntwo\n…\n```"),
        ("> one two three", 11, "> one two…"),
        ("日本語" * 20, 10, "日本語日本語…"),
        ("- one\n- two\n- three", 11, "- one\n- …"),
        ("see <https://x.yz/abcdef> there", 20, "see …"),
        ("see <https://x.yz/a>", 19, "see …"),
        ("&lt; " * 9, 12, "&lt; &lt;…"),
        ("word", 0, ""),
    ],
)
def test_a_cut_falls_between_words_and_never_inside_markup(written, limit, posted):
    short = prose(written, limit)

    assert (short, len(short) <= limit) == (posted, True)


@pytest.mark.parametrize(
    ("written", "posted"),
    [
        ("A title.", "A title"),
        ("**Bold** `x` [l](https://x.yz) <https://y.z>", "Bold `x` l (x.yz) `https://y.z`"),
        ("two\nlines\\\nhere", "two lines\\\\ here"),
        ("# hash", "\\# hash"),
        ("ends in `code.`", "ends in `code.`"),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_title_is_one_line_of_words_and_code(written, posted):
    assert title(written) == posted


def test_a_fence_outgrows_what_it_holds():
    assert code_block("```` x\n```", "suggestion") == "`````suggestion\n```` x\n```\n`````"
    assert code_block("", "suggestion") == "```suggestion\n```"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a", "`a`"),
        ("", ""),
        ("`", "`` ` ``"),
        ("a``b`c", "```a``b`c```"),
        (" a ", "`  a  `"),
        (" ", "` `"),
        (" a", "` a`"),
    ],
)
def test_a_span_of_code_shows_exactly_its_text(text, span):
    assert code_span(text) == span


def test_a_bar_ends_no_cell():
    assert write_cell((Text("a|b "), Code("c|*d*"), Code("e"))) == "a\\|b <code>c&#124;&#42;d&#42;</code>`e`"


def test_hidden_characters_in_code_are_spelled_out():
    assert visible("if a:\t\x1b[2J\x7f\u202e\u200b\x85\ud800\u3164é") == (
        "if a:\t␛[2J␡<U+202E><U+200B><U+0085>\ufffd<U+3164>é"
    )
    assert one_line("a\nb\tc") == "a␊b␉c"


def test_plain_text_is_clean_already():
    assert clean("plain\ntext") == "plain\ntext"
