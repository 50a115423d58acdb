"""What a comment in the code silences, and what it cannot."""

from pr_reviewer.findings.silence import NAMELESS, NEW_CODE, REQUIRED, UNKNOWN, Ignore, Silence
from pr_reviewer.model.changes import FileStatus, LineRange, Side
from pr_reviewer.model.findings import Category, Origin, Severity
from pr_reviewer.model.rules import Enforcement, Silenced
from tests.findings.builders import file_of, placed, rule

ADDED = file_of("1| a\n+b\n c")
RULES = {"app.py": {"no-x": rule("no-x"), "must": rule("must", enforcement=Enforcement.REQUIRED)}}


def ignore(line=2, *rule_ids, reason="it is a demo", covers=None):
    return Ignore("app.py", line, covers or LineRange(line, line), rule_ids or ("no-x",), reason)


def apply(*ignores, findings, file=ADDED):
    return Silence(ignores, [file], RULES).apply(findings)


def test_a_finding_of_a_silenced_rule_is_dropped_with_the_reason_and_the_comment_is_listed():
    result = apply(ignore(), findings=[placed("b", 2, rule_id="no-x")])
    assert result.placed == ()
    assert [each.why for each in result.dropped] == ["silenced by the comment on line 2: it is a demo"]
    assert result.silenced == (Silenced("app.py", 2, ("no-x",), "it is a demo", is_added=True),)


def test_another_rule_another_line_another_file_and_the_old_side_are_not_silenced():
    findings = [
        placed("b", 2, rule_id="must"),
        placed("b", 2),
        placed("c", 3, rule_id="no-x"),
        placed("b", 2, rule_id="no-x", path="other.py"),
        placed("b", 2, rule_id="no-x", side=Side.OLD),
    ]
    assert apply(ignore(), findings=findings).placed == tuple(findings)


def test_a_finding_of_several_lines_is_silenced_from_any_of_them():
    assert apply(ignore(3), findings=[placed("b\nc", 2, rule_id="no-x")]).placed == ()


def test_a_comment_above_its_line_silences_that_line():
    above = ignore(2, covers=LineRange(3, 3))
    assert apply(above, findings=[placed("c", 3, rule_id="no-x")]).placed == ()


def test_a_required_rule_is_not_silenced_by_the_change_itself():
    finding = placed("b", 2, rule_id="must")
    result = apply(ignore(2, "no-x", "must"), findings=[finding])
    assert result.placed == (finding,)
    assert result.silenced == (
        Silenced("app.py", 2, ("no-x",), "it is a demo", is_added=True),
        Silenced("app.py", 2, ("must",), "it is a demo", is_added=True, refused=REQUIRED),
    )


def test_a_comment_that_stood_before_silences_a_required_rule():
    result = apply(ignore(3, "must"), findings=[placed("c", 3, rule_id="must")])
    assert result.placed == ()
    assert result.silenced == (Silenced("app.py", 3, ("must",), "it is a demo", is_added=False),)


def test_a_comment_that_stood_before_silences_no_required_rule_on_code_that_is_new():
    above = ignore(1, "must", "no-x", covers=LineRange(2, 2))
    must, advice = placed("b", 2, rule_id="must"), placed("b", 2, rule_id="no-x")
    result = apply(above, findings=[must, advice])
    assert result.placed == (must,)
    assert result.silenced == (
        Silenced("app.py", 1, ("no-x",), "it is a demo", is_added=False),
        Silenced("app.py", 1, ("must",), "it is a demo", is_added=False, refused=NEW_CODE),
    )


def test_one_new_line_of_several_is_new_code_to_a_required_rule():
    finding = placed("b\nc", 2, rule_id="must")
    assert apply(ignore(3, "must"), findings=[finding]).placed == (finding,)


def test_what_a_comment_silences_elsewhere_does_not_hide_that_it_was_refused():
    above = ignore(1, "must", covers=LineRange(2, 3))
    new, old = placed("b", 2, rule_id="must"), placed("c", 3, rule_id="must")
    for findings in ([new, old], [old, new]):
        result = apply(above, findings=findings)
        assert result.placed == (new,)
        assert [each.refused for each in result.silenced] == [NEW_CODE]


def test_a_comment_outside_of_the_diff_stood_before():
    assert not apply(ignore(90, covers=LineRange(3, 3)), findings=[placed("c", 3, rule_id="no-x")]).silenced[0].is_added


def test_a_copied_file_brings_no_standing_comments_with_it():
    copy = file_of("1| a\n b", status=FileStatus.COPIED)
    assert (
        apply(ignore(2, "must"), findings=[placed("b", 2, rule_id="must")], file=copy).silenced[0].refused == REQUIRED
    )


def test_an_old_comment_that_does_nothing_is_not_listed_and_an_added_one_is():
    assert apply(ignore(3), ignore(2), findings=[]).silenced == (
        Silenced("app.py", 2, ("no-x",), "it is a demo", is_added=True),
    )


def test_a_comment_about_a_rule_that_nobody_has_says_so():
    assert apply(ignore(2, "typo"), findings=[]).silenced[0].refused == UNKNOWN


def test_a_comment_that_names_no_rule_silences_nothing():
    nameless = Ignore("app.py", 2, LineRange(2, 2), (), "why not")
    finding = placed("b", 2, rule_id="no-x")
    result = apply(nameless, findings=[finding])
    assert result.placed == (finding,)
    assert result.silenced == (Silenced("app.py", 2, (), "why not", is_added=True, refused=NAMELESS),)
    assert apply(Ignore("app.py", 3, LineRange(3, 3), (), ""), findings=[]).silenced == ()


def test_without_a_reason_it_silences_and_is_itself_a_note():
    bare = ignore(reason="")
    assert apply(bare, findings=[placed("b", 2, rule_id="no-x")]).dropped[0].why == (
        "silenced by the comment on line 2, without a reason"
    )
    [note] = Silence([bare], [ADDED], RULES).unexplained()
    assert (note.quote, note.lines, note.severity) == ("b", LineRange(2, 2), Severity.NOTE)
    assert (note.category, note.origin, note.rule_id) == (Category.RULE, Origin.CODE, None)
    assert note.title == "An ignore comment without a reason"


def test_a_comment_that_names_no_rule_is_a_note_that_says_how_to_name_one():
    [note] = Silence([Ignore("app.py", 2, LineRange(2, 2), (), "x")], [ADDED], RULES).unexplained()
    assert "ignore[rule-id]" in note.message


def test_notes_are_about_added_comments_alone():
    explained, old = ignore(), ignore(3, reason="")
    elsewhere = Ignore("gone.py", 2, LineRange(2, 2), ("no-x",), "")
    assert Silence([explained, old, elsewhere], [ADDED], RULES).unexplained() == ()
