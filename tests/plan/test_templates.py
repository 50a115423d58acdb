import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from pr_reviewer.plan.templates import Templates


def test_a_template_is_filled_in_and_trimmed():
    assert Templates({"a": "\n{{ x }} & <b>\n"}).render("a", x="<i>") == "<i> & <b>"


def test_what_nobody_gives_is_an_error_and_not_an_empty_place():
    with pytest.raises(UndefinedError):
        Templates({"a": "{{ missing }}"}).render("a")


def test_a_template_cannot_reach_into_the_process():
    with pytest.raises(SecurityError):
        Templates({"a": "{{ ''.__class__.__mro__[1].__subclasses__() }}"}).render("a")


def test_text_that_is_filled_in_is_never_a_template_itself():
    assert Templates({"a": "{{ x }}"}).render("a", x="{{ 7 * 7 }}") == "{{ 7 * 7 }}"


def test_an_unknown_template_is_named():
    with pytest.raises(KeyError, match="review/none"):
        Templates({}).render("review/none")


def test_a_template_is_compiled_once():
    templates = Templates({"a": "{{ x }}"})
    templates.render("a", x=1)
    compiled = templates._compiled["a"]
    templates.render("a", x=2)

    assert templates._compiled["a"] is compiled
