"""Rules in reports: how one is cited, and what is said of those that a review went by."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.findings import Misplaced, Unplaced
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.review import Conclusion
from pr_reviewer.model.rules import RuleProblem, RulesApplied, Silenced, Standing, Status, Unread
from pr_reviewer.report.applied import applied_groups, counted_rules
from pr_reviewer.report.comments import comment_body, entry
from pr_reviewer.report.links import Citation, Links, without_folders
from pr_reviewer.report.markdown import LONGEST_BODY, summary_body
from pr_reviewer.report.record import name_of, short_id
from pr_reviewer.rules.book import RuleBook
from tests.report.builders import (
    BILLING,
    BLOB,
    BOOK,
    LINKS,
    OPERATOR,
    PACK,
    PACK_RULE,
    PLAIN_RULES,
    RULES,
    TIMEOUT_RULE,
    WITH_RULES,
    finding,
    placed,
    review,
    rule,
    rules_of,
)
from tests.report.judging import ACTIVE, HARMLESS
from tests.report.nasty import NASTY_TEXT
from tests.report.test_sanitise_properties import render

SHOP = "https://git.example/acme/shop/blob/9d1fa07"
HTTP = "https://git.example/acme/.pr-reviewer/blob/77ab01c/best_practices/http.md?plain=1#L31"
LAYOUT = {"table", "thead", "tbody", "tr", "th", "td", "details", "summary", "sub"}


@pytest.mark.parametrize(
    ("rule_id", "line"),
    [
        (None, "<sub>correctness</sub>"),
        ("unheard-of", "<sub>rule `unheard-of`</sub>"),
        (
            "no-print",
            f"<sub>[No `print` in services]({SHOP}/best_practices.md?plain=1#L12) · rule `no-print` · repository</sub>",
        ),
        (
            "http-timeout",
            f"<sub>[Every request has a time-out]({HTTP}) · rule `http-timeout` · `acme/.pr-reviewer`</sub>",
        ),
        ("no-todo", "<sub>A to-do names its ticket · rule `no-todo` · operator (`house.md:7`)</sub>"),
        ("py-bare-except", "<sub>No bare except · rule `py-bare-except` · pack core</sub>"),
    ],
)
def test_a_comment_ends_with_its_rule_and_where_that_comes_from(rule_id, line):
    named = line.replace("</sub>", f" · `{short_id(placed().fingerprint)}`</sub>")
    assert comment_body(placed(rule_id=rule_id), LINKS).endswith(f"\n\n{named}")
    assert entry(placed(rule_id=rule_id), LINKS).endswith(f"\n\n{named}")
    lost = Unplaced(finding(rule_id=rule_id), Misplaced.QUOTE_MISSING)
    own = line.replace("</sub>", f" · `{short_id(name_of(lost))}`</sub>")
    assert entry(lost, LINKS).endswith(f"\n\n{own}")


def test_without_an_address_a_comment_names_the_line():
    line = "<sub>No `print` in services · rule `no-print` · repository (`best_practices.md:12`) · `0a1b2c`</sub>"

    assert entry(placed(rule_id="no-print"), Links(rule_for=BOOK.rule_for)).endswith(line)


def test_of_rules_with_one_id_the_nearest_to_the_file_is_cited():
    book = RuleBook((rule("money", "Everywhere", 3), rule("money", "In billing", 4, **BILLING)))
    links = Links(rule_for=book.rule_for)

    assert links.cite("services/billing/tax.py", "money").title == "In billing"
    assert links.cite("shop/tax.py", "money").title == "Everywhere"


def test_a_pack_leads_to_its_address_where_there_is_one():
    links = Links(packs="https://git.example/reviewer/blob/v1/{path}#L{first}-L{last}", installation="/opt/reviewer")
    address = "https://git.example/reviewer/blob/v1/best_practices/core/python.md?plain=1#L12"

    assert links.cite_rule(rule("a", "A", **PACK)) == Citation(
        "a", "A", "pack core", "", "/opt/reviewer/best_practices/core/python.md:12", address
    )


def test_an_amended_rule_leads_to_its_text_and_names_who_amended_it():
    amended = replace(TIMEOUT_RULE, source=rule(line=40).source, outer=TIMEOUT_RULE.source)

    body = comment_body(placed(rule_id="http-timeout"), Links(rule_for=lambda *_: amended, blob=BLOB))

    assert f"]({HTTP}) · rule `http-timeout` · `acme/.pr-reviewer`, amended by repository" in body


def test_where_the_text_of_an_amended_rule_has_no_address_the_amendment_has():
    amended = replace(PACK_RULE, source=rule(line=40).source, outer=PACK_RULE.source)
    citation = LINKS.cite_rule(amended)

    assert citation.address == f"{SHOP}/best_practices.md?plain=1#L40"
    assert citation.place == "best_practices.md:40"
    assert citation.on_disk == "best_practices/core/python.md:12"


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"path": "a b/é(1).txt"}, f"{SHOP}/a%20b/%C3%A9%281%29.txt#L12"),
        ({"path": "caf\udce9.txt"}, f"{SHOP}/caf%E9.txt#L12"),
        ({"path": ".cursorrules"}, f"{SHOP}/.cursorrules#L12"),
        ({"revision": ""}, ""),
        ({**OPERATOR, "project": "acme/shop", "revision": "1"}, ""),
    ],
)
def test_a_rule_has_the_address_of_the_revision_that_was_read(fields, address):
    assert LINKS.cite_rule(rule(**fields)).address == address


def test_without_a_project_under_review_there_is_no_address():
    assert Links(blob=BLOB).cite_rule(rule()).address == ""


def test_lines_of_a_rendered_file_are_led_to_in_its_source():
    assert LINKS.to_code("README.md", LineRange(2, 3)).endswith("/README.md?plain=1#L2-L3")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("best_practices/a.md", "best_practices/a.md"),
        ("/etc/rules/a.md:3", "a.md:3"),
        ("/a.md", "a.md"),
        ("C:\\rules\\a.md", "a.md"),
        ("c:/rules/a.md", "a.md"),
    ],
)
def test_the_folders_of_a_disk_are_nobodys_business(path, shown):
    assert without_folders(path) == shown


def test_nothing_that_is_posted_tells_the_operators_folders():
    assert "/etc/" not in summary_body(WITH_RULES, LINKS)
    assert "`old.md:1` (operator)" in summary_body(WITH_RULES, LINKS)


def test_files_with_the_same_rules_stand_together_in_the_order_of_the_change():
    assert [
        (group.paths, [citation.rule_id for citation in group.rules]) for group in applied_groups(RULES, LINKS)
    ] == [
        (
            ("shop/checkout.py", "shop/coupons.py", "shop/rates.py"),
            ["py-bare-except", "no-todo", "http-timeout", "no-print"],
        ),
        (("services/billing/tax.py",), ["py-bare-except", "no-todo", "http-timeout", "no-print", "money"]),
        (("README.rst",), []),
    ]


def test_the_same_ids_of_another_level_are_another_group():
    book = RuleBook((rule("money", "Everywhere", 3), rule("money", "In billing", 4, **BILLING)))
    applied = RulesApplied((("services/billing/a.py", ("money",)), ("b.py", ("money",)), ("shop/c.py", ("money",))))
    groups = applied_groups(applied, Links(rule_for=book.rule_for))

    assert [(group.paths, group.rules[0].title) for group in groups] == [
        (("services/billing/a.py",), "In billing"),
        (("b.py", "shop/c.py"), "Everywhere"),
    ]
    assert counted_rules(groups, applied) == "2 rules applied to 3 files"


def test_five_hundred_files_with_the_same_rules_are_one_line():
    applied = RulesApplied(tuple((f"src/{n}.py", ("no-print",)) for n in range(500)))
    body = summary_body(review(rules=applied), LINKS)

    assert "<summary>1 rule applied to 500 files</summary>" in body
    assert body.count("no-print") == 1
    assert "- All 500 reviewed files — repository: `no-print`" in body


def test_each_rule_is_named_once_what_held_for_the_most_files_first():
    applied = RulesApplied((("a.py", ("x", "y")), ("b/c.py", ("y", "x", "z")), ("d.py", ("y",)), ("e.md", ())))
    _, *rows = summary_body(review(rules=applied)).split("\n- ")

    assert [row.partition("\n")[0] for row in rows] == [
        "`a.py`, `b/c.py`, `d.py` — `y`",
        "`a.py`, `b/c.py` — `x`",
        "`b/c.py` — `z`",
        "`e.md` — no rule",
    ]


def test_a_comment_that_names_no_rule_silences_nothing():
    silenced = Silenced("a.py", 3, (), "", is_added=True, refused="it names no rule")
    body = summary_body(review(rules=RulesApplied(silenced=(silenced,))))
    assert "\n- `a.py:3`: nothing is silenced: it names no rule\n" in body


def test_of_very_many_files_the_first_are_named():
    applied = RulesApplied((*((f"src/{n}.py", ("no-print",)) for n in range(60)), ("a.md", ())))
    assert "`src/49.py`, 10 more — repository: `no-print`" in summary_body(review(rules=applied), LINKS)


def test_very_many_rules_of_one_file_are_counted():
    ids = tuple(f"rule-{n}" for n in range(60))

    assert "`a.py` — `rule-0`, " in summary_body(review(rules=RulesApplied((("a.py", ids),))))
    assert "`rule-49`; 10 more\n" in summary_body(review(rules=RulesApplied((("a.py", ids),))))


def test_very_many_changed_rules_of_one_file_are_one_line():
    body = summary_body(review(rules=RulesApplied(changes=RULES.changes[:1] * 60)))

    assert "<summary>60 rules changed by this pull request</summary>" in body
    assert body.count("Added by this pull request in `best_practices.md`") == 1
    assert ", 10 more; this review goes by the old rules\n" in body


def test_a_clean_review_by_a_pack_alone_is_one_line_and_a_folded_one():
    verdict, *folded = summary_body(review(rules=PLAIN_RULES), LINKS).split("\n\n")

    assert verdict.startswith("No problems found in 2 files.")
    assert folded == [
        "<details>\n<summary>1 rule applied to 2 files</summary>",
        "- All 2 reviewed files — pack core: `py-bare-except`",
        "</details>",
    ]


def test_where_no_rule_governed_any_file_nothing_is_said():
    assert "\n" not in summary_body(review(rules=RulesApplied((("a.bin", ()),))), LINKS)


@pytest.mark.parametrize(
    ("applied", "summary"),
    [
        (RulesApplied(silenced=(Silenced("a.py", 1, ("x",), "y", is_added=True),)), "1 ignore comment"),
        (RulesApplied(problems=(RuleProblem("a.md", 1, "x"),)), "1 part of rule files left out"),
        (RulesApplied(unread=(Unread("o/r", "x"), Unread("p/r", "x"))), "2 sources of rules not read"),
        (RulesApplied(unread=(Unread("o/r", "x", is_expected=True),)), "1 source of rules not read"),
        (
            RulesApplied((("a.py", ("no-print",)),), unread=(Unread("o/r", "x", is_expected=True),)),
            "1 rule applied to 1 file",
        ),
        (RulesApplied(standing=Standing(status=Status.GROWING)), "growing repository"),
        (RulesApplied(standing=Standing(note="x", exemplars=("o/api",))), ""),
    ],
)
def test_one_line_counts_what_there_is(applied, summary):
    assert counted_rules(applied_groups(applied, LINKS), applied) == summary


def test_a_standing_that_is_not_as_usual_is_told_with_its_exemplars_and_note():
    assert (
        "\n- This repository is legacy and deprecated. To be imitated: `acme/api`. "
        "Note: Closed for features until it is shut down\n"
    ) in summary_body(WITH_RULES, LINKS)


def test_the_standing_does_not_point_to_the_successor_a_second_time():
    remark = "This repository is deprecated, and the change adds to it: new features belong in acme/shop2."
    assert summary_body(replace(WITH_RULES, remarks=(remark,)), LINKS).count("acme/shop2") == 1


def test_a_growing_repository_is_told():
    assert "\n- This repository is growing\n" in summary_body(
        review(rules=RulesApplied(standing=Standing(status=Status.GROWING)))
    )


def test_a_comment_that_silences_says_whether_it_holds():
    body = summary_body(WITH_RULES, LINKS)

    assert "#L12): `no-print` silenced by this pull request: the report goes to standard output\n" in body
    assert "#L3): `no-todo`, `no-print` silenced without a reason\n" in body
    assert "#L6): `http-timeout` not silenced: a required rule stays in force\n" in body
    assert "- `shop/coupons.py:12`: `no-print` silenced" in summary_body(WITH_RULES)


def test_what_was_left_out_and_what_was_not_read_is_named_with_its_reason():
    body = summary_body(WITH_RULES, LINKS)

    assert "- Left out: `docs/rules.md:14` — the heading has no text\n" in body
    assert "- Left out: `best_practices/py.md:3` (`acme/.pr-reviewer`) — the pattern is not one: `kind`" in body
    assert "- Not read: `acme/.pr-reviewer` — there is none, or the token may not read it\n" in body


def test_what_does_not_fit_is_counted():
    applied = RulesApplied(tuple((f"{n}/{'x' * 90}.py", (f"rule-{n}",)) for n in range(2000)))
    body = summary_body(review(conclusion=Conclusion.FINDINGS, comments=(placed(),) * 90, rules=applied), LINKS)

    assert len(body) <= LONGEST_BODY
    assert "<summary>2,000 rules applied to 2,000 files</summary>" in body
    assert "| | and " not in body
    assert re.search(r"\n- and 1,\d{3} more\n", body)


@hypothesis_settings(deadline=None, max_examples=60)
@given(NASTY_TEXT)
def test_nothing_that_rules_say_acts_in_a_summary(text):
    path = text.encode(errors="replace").decode()
    links = Links(rule_for=lambda *_: rule(text, text, origin=text, path=path), blob=BLOB, project="o/r")
    comments = (placed(rule_id=text or "x"),)
    body = summary_body(review(comments=comments, rules=rules_of(text), cost=Cost()), links)

    for page in (render(body), render(comment_body(comments[0], links))):
        assert page.elements <= HARMLESS | LAYOUT
        assert page.open == 0
        assert not [word for word in page.words if ACTIVE.search(word)]
