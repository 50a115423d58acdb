import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.findings import Confidence, Severity
from pr_reviewer.model.llm import Task
from pr_reviewer.settings.schema.keys import keys
from pr_reviewer.settings.schema.layers import Layer, Trust
from pr_reviewer.settings.schema.problems import Assignment
from pr_reviewer.settings.schema.resolve import resolve
from tests.settings.builders import defaults, problems_of, resolve_text


def assigned(key, value, layer):
    return Assignment(key, value, layer, f"{layer.label} here", "here")


def settings(text):
    return resolve_text(text).require().settings


@given(st.dictionaries(st.sampled_from([layer for layer in Layer if layer is not Layer.DEFAULTS]), st.integers(0, 100)))
def test_the_last_layer_that_speaks_wins_whatever_the_order_of_reading(values):
    given_ones = [assigned("review.max_comments", value, layer) for layer, value in values.items()]
    resolved = resolve([*given_ones, *defaults()]).require()
    winner = max(values, key=list(Layer).index, default=None)
    assert resolved.settings.review.max_comments == (values[winner] if winner else 5)
    assert resolved.sources["review.max_comments"] == (f"{winner.label} here" if winner else "defaults")


@pytest.mark.parametrize("layer", list(Layer))
@pytest.mark.parametrize("key", keys().values(), ids=lambda key: key.name)
def test_a_layer_sets_a_key_exactly_if_it_is_trusted_with_it(layer, key):
    value = next(each.value for each in defaults() if each.key == key.name)
    resolution = resolve([*defaults(), assigned(key.name, value, layer)])
    is_trusted = layer.trust.value <= key.least_trust.value
    assert [problem.message for problem in resolution.problems] == (
        [] if is_trusted else [f"here: {key.name} may be set by {_WHO[key.least_trust]} only, not by the {layer.label}"]
    )


_WHO = {Trust.OPERATOR: "the operator", Trust.REPOSITORY: "the operator, the organisation or the repository"}


@pytest.mark.parametrize("section", ["models", "openai", "azure", "network"])
def test_hosts_keys_and_models_are_the_operators_alone(section):
    assert {key.least_trust for key in keys().values() if key.name.startswith(section)} == {Trust.OPERATOR}


@pytest.mark.parametrize("key", ["review.max_usd", "review.max_model_calls"])
def test_budgets_are_the_operators_alone(key):
    assert keys()[key].least_trust is Trust.OPERATOR


def test_the_refusal_says_where_an_operator_sets_it():
    (problem,) = resolve_text("[review]\nmax_usd = 9", Layer.REPOSITORY).problems
    assert problem.hint.startswith("Set PR_REVIEWER_REVIEW__MAX_USD in the environment, or review.max_usd in the file")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[review]\nmax_coments = 3",
            "x.toml:2: unknown setting review.max_coments. Did you mean review.max_comments?",
        ),
        (
            "[review]\nMax_Comments = 3",
            "x.toml:2: unknown setting review.Max_Comments. Did you mean review.max_comments?",
        ),
        ("[reviews]\nmax_usd = 3", "x.toml:2: unknown setting reviews.max_usd. Did you mean review.max_usd?"),
        ("max_comments = 3", "x.toml:1: unknown setting max_comments. Did you mean review.max_comments?"),
        ("[limits]\nfail_on = 'error'", "x.toml:2: unknown setting limits.fail_on. Did you mean review.fail_on?"),
        ("[zzz]", "x.toml:1: unknown setting zzz"),
        ("[zzz.yyy]\nxxx = 1", "x.toml:1: unknown setting zzz.yyy"),
        ("review = 3", "x.toml:1: review is a section, not a setting. Write [review] above its settings."),
        ('"\\u001b[31m" = 1', "x.toml:1: unknown setting \\x1b[31m"),
        (f"{'k' * 200} = 1", f"x.toml:1: unknown setting {'k' * 80}…"),
        (
            "[[review]]\nmax_comments = 3",
            "x.toml:1: review is a section, not a setting. Write [review] above its settings.",
        ),
    ],
)
def test_an_unknown_key_is_told_the_nearest_one_that_exists(text, problem):
    assert problems_of(text) == [problem]


def test_an_empty_section_sets_nothing():
    assert problems_of("[review]\n[paths]") == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("review.max_comments = '3'", 'review.max_comments: wanted is a whole number from 0 to 100, not the text "3"'),
        (
            "review.max_comments = 3.5",
            "review.max_comments: wanted is a whole number from 0 to 100, not the number 3.5",
        ),
        (
            "review.max_comments = 101",
            "review.max_comments: wanted is a whole number from 0 to 100, not the number 101",
        ),
        ("review.max_comments = true", "review.max_comments: wanted is a whole number from 0 to 100, not true"),
        ("review.max_comments = false", "review.max_comments: wanted is a whole number from 0 to 100, not false"),
        (
            "review.max_model_calls = 0",
            "review.max_model_calls: wanted is a whole number of at least 1, not the number 0",
        ),
        ("review.max_usd = 0", 'review.max_usd: wanted is a number above 0 or "none", not the number 0'),
        ("review.max_usd = inf", 'review.max_usd: wanted is a number above 0 or "none", not the number inf'),
        ("review.max_usd = nan", 'review.max_usd: wanted is a number above 0 or "none", not the number nan'),
        ("review.max_usd = ''", 'review.max_usd: wanted is a number above 0 or "none", not the text ""'),
        (
            "review.min_confidence = 'mediu'",
            'review.min_confidence: wanted is one of "high", "medium", "low", not the text "mediu"',
        ),
        (
            "review.fail_on = 'er'",
            'review.fail_on: wanted is one of "error", "warning", "note" or "none", not the text "er"',
        ),
        ("paths.ignore = '*.md'", 'paths.ignore: wanted is a list of texts, not the text "*.md"'),
        ("paths.ignore = ['a', 3]", "paths.ignore, item 2: wanted is a text that is not empty, not the number 3"),
        ("paths.ignore = ['a', [1]]", "paths.ignore, item 2: wanted is a text that is not empty, not a list"),
        ("paths.ignore = ['']", 'paths.ignore, item 1: wanted is a text that is not empty, not the text ""'),
        ("models.review = ''", 'models.review: wanted is a text that is not empty, not the text ""'),
        ("models.review = 2026-01-01", "models.review: wanted is a text that is not empty, not 2026-01-01"),
        ("[review.max_usd]\nx = 1", 'review.max_usd: wanted is a number above 0 or "none", not a table'),
        ("models.cards = 3", "models.cards: wanted is a table, not the number 3"),
        ("models.cards.x = 3", "models.cards.x: wanted is a table, not the number 3"),
        ("models.cards = 2026-01-01", "models.cards.2026-01-01: wanted is a table, not 2026-01-01"),
        ("models.cards.x = {}", "models.cards.x.window is missing"),
        ("models.cards.x = { windw = 1, window = 2 }", "models.cards.x.windw is unknown"),
        (
            "models.cards.x = { window = 'a' }",
            'models.cards.x.window: wanted is a whole number of at least 1, not the text "a"',
        ),
        (
            "models.cards.x = { window = 1, output = 2 }",
            "models.cards.x: has a price for input or output alone; give both or neither",
        ),
        (
            "models.cards.x = { window = 1, cached = 2 }",
            "models.cards.x: has a price for input or output alone; give both or neither",
        ),
        (
            "models.cards.x = { window = 1, encoding = 'o200k' }",
            'models.cards.x.encoding: wanted is one of "o200k_base", "cl100k_base", not the text "o200k"',
        ),
        (
            "openai.base_url = 'localhost'",
            'openai.base_url: wanted is an http:// or https:// address, not the text "localhost"',
        ),
        (
            "openai.base_url = 'ftp://h'",
            'openai.base_url: wanted is an http:// or https:// address, not the text "ftp://h"',
        ),
        (
            "openai.base_url = 'http://'",
            'openai.base_url: wanted is an http:// or https:// address, not the text "http://"',
        ),
        (
            "openai.base_url = 'http://h:x'",
            'openai.base_url: wanted is an http:// or https:// address, not the text "http://h:x"',
        ),
        (
            "network.all_proxy = 'ftp://me:secret@h'",
            (
                "network.all_proxy: wanted is the address of a proxy (http://, https://, socks5:// or socks5h://), "
                'not the text "ftp://********@h"'
            ),
        ),
    ],
)
def test_a_wrong_value_says_what_is_wanted_what_was_given_and_where(text, problem):
    (found,) = resolve_text(text).problems
    assert found.message == f"x.toml:1: {problem}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("review.min_confidence = 'mediu'", "Did you mean medium?"),
        ("review.fail_on = 'non'", "Did you mean none?"),
        ("review.fail_on = 'fatal'", ""),
        ("models.cards.x = { window = 1, encoding = 'o200kbase' }", "Did you mean o200k_base?"),
        ("models.cards.x = { windw = 1, window = 2 }", "Did you mean window?"),
    ],
)
def test_a_mistyped_choice_is_told_the_nearest_one(text, hint):
    assert [problem.hint for problem in resolve_text(text).problems] == [hint]


def test_a_wrong_secret_is_not_repeated():
    assert problems_of("openai.api_key = 12345") == ["x.toml:1: openai.api_key: wanted is a text, not what is given"]


def test_a_mistake_inside_a_table_names_its_own_line():
    assert problems_of('[models.cards."a.b"]\nwindow = 1\nmax_output = 0') == [
        "x.toml:3: models.cards.a.b.max_output: wanted is a whole number of at least 1, not the number 0"
    ]


def test_every_mistake_is_told_at_once_in_one_error():
    resolution = resolve_text("[review]\nmax_usd = 0\nmax_comment = 1\n[paths]\nignore = [1, 2]")
    with pytest.raises(SettingsError) as error:
        resolution.require()
    assert str(error.value).split("\n") == [
        "4 settings are wrong:",
        "- x.toml:3: unknown setting review.max_comment. Did you mean review.max_comments?",
        '- x.toml:2: review.max_usd: wanted is a number above 0 or "none", not the number 0',
        "- x.toml:5: paths.ignore, item 1: wanted is a text that is not empty, not the number 1",
        "- x.toml:5: paths.ignore, item 2: wanted is a text that is not empty, not the number 2",
    ]


def test_a_hundred_mistakes_do_not_fill_the_screen():
    with pytest.raises(SettingsError) as error:
        resolve_text("".join(f"x{number} = 1\n" for number in range(100))).require()
    lines = str(error.value).split("\n")
    assert (len(lines), lines[0], lines[-1]) == (22, "100 settings are wrong:", "- … and 80 more")


def test_a_single_mistake_is_the_error_and_its_advice_the_hint():
    with pytest.raises(SettingsError) as error:
        resolve_text("[review]\nmax_coments = 3").require()
    assert (error.value.message, error.value.hint) == (
        "x.toml:2: unknown setting review.max_coments",
        "Did you mean review.max_comments?",
    )


def test_a_bad_value_is_told_even_where_a_later_layer_overrides_it():
    resolution = resolve(
        [
            *defaults(),
            assigned("review.max_comments", "x", Layer.FILE),
            assigned("review.max_comments", "7", Layer.ENVIRONMENT),
        ]
    )
    assert [problem.message for problem in resolution.problems] == [
        'here: review.max_comments: wanted is a whole number from 0 to 100, not the text "x"'
    ]


def test_only_a_document_has_types_elsewhere_a_value_is_written_as_text():
    resolved = resolve(
        [
            *defaults(),
            assigned("review.max_comments", "7", Layer.ENVIRONMENT),
            assigned("review.max_usd", "1.5", Layer.COMMAND),
        ]
    )
    assert resolved.require().settings.review.max_comments == 7
    assert resolved.require().settings.review.max_usd == 1.5


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("endpoint = 'https://a'", "x.toml:2: azure.endpoint needs api_key or ad_token beside it"),
        ("api_key = 'k'", "x.toml:2: azure.api_key needs endpoint beside it"),
        ("ad_token = 't'", "x.toml:2: azure.ad_token needs endpoint beside it"),
        (
            "endpoint = 'https://a'\napi_key = 'k'\nad_token = 't'",
            "x.toml:4: azure.ad_token and api_key exclude each other",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_named(text, problem):
    assert problems_of(f"[azure]\n{text}") == [problem]


@pytest.mark.parametrize(("given", "lacking"), [("app_id", "private_key"), ("private_key", "app_id")])
def test_half_a_github_app_is_none(given, lacking):
    assert problems_of(f"[github]\n{given} = 'x'") == [f"x.toml:2: github.{given} needs {lacking} beside it"]


def test_none_and_the_empty_text_unset():
    resolved = resolve(
        [
            *defaults(),
            assigned("review.fail_on", "error", Layer.FILE),
            assigned("review.fail_on", "none", Layer.COMMAND),
            assigned("models.verify", "a", Layer.FILE),
            assigned("models.verify", "", Layer.COMMAND),
        ]
    ).require()
    assert resolved.settings.review.fail_on is None
    assert resolved.settings.models.verify is None


def test_values_arrive_as_the_domains_own_types():
    review = settings("[review]\nfail_on = 'warning'\nmin_confidence = 'high'").review
    assert review.fail_on is Severity.WARNING
    assert review.min_confidence is Confidence.HIGH


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("", False),
        ("openai.api_key = 'k'", True),
        ("openai.base_url = 'http://127.0.0.1:8080/v1/'", True),
        ("azure = { endpoint = 'https://a', ad_token = 't' }", True),
        ("openai.organization = 'o'", False),
    ],
)
def test_a_model_is_asked_when_a_key_or_an_address_is_set(text, asks):
    assert settings(text).asks_model is asks


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://h/v1/", "https://h/v1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_address_loses_the_slash_at_its_end(text, address):
    assert settings(f"openai.base_url = '{text}'").openai.base_url == address


@pytest.mark.parametrize(("text", "address"), [("h:3128", "http://h:3128"), ("socks5://h:1", "socks5://h:1")])
def test_a_proxy_without_a_scheme_is_http(text, address):
    assert settings(f"network.https_proxy = '{text}'").network.https_proxy == address


def test_each_task_has_its_model_and_then_the_fallbacks_each_once():
    models = settings("[models]\nreview = 'a'\nverify = 'b'\nfallbacks = ['b', 'c', 'a']").models
    assert models.names_for(Task.REVIEW) == ("a", "b", "c")
    assert models.names_for(Task.RULES) == ("a", "b", "c")
    assert models.names_for(Task.REPAIR) == ("a", "b", "c")
    assert models.names_for(Task.VERIFY) == ("b", "c", "a")
    assert models.names_for(Task.SUMMARY) == ("a", "b", "c")


def test_what_is_shown_hides_secrets_and_logins():
    text = """
    openai.api_key = "sk-secret"
    openai.base_url = "https://me:pass@h/v1?key=secret&b=secret"
    network.https_proxy = "me:pass@h:3128"
    paths.ignore = ["é"]
    models.cards.x = { window = 5 }
    """
    rows = {row.key: row for row in resolve_text(text).require().rows()}
    assert list(rows) == list(keys())
    assert rows["openai.api_key"].value == "********"
    assert rows["openai.api_key"].source == "file x.toml:2"
    assert rows["openai.base_url"].value == '"https://********@h/v1?key=********&b=********"'
    assert rows["network.https_proxy"].value == '"http://********@h:3128"'
    assert rows["paths.ignore"].value == '["é"]'
    assert rows["models.cards"].value == '{"x": {"window": 5}}'
    assert rows["azure.api_key"].value == ""
    assert rows["review.max_comments"].value == "5"


def test_settings_never_print_a_secret():
    assert "sk-secret" not in repr(settings("openai.api_key = 'sk-secret'"))


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("''", ()),
        ("[]", ()),
        ("'one'", ("one",)),
        ("'12345'", ("12345",)),
        ("'{[[['", ("{[[[",)),
        ("['new', 'old']", ("new", "old")),
        ('\'["new", "old"]\'', ("new", "old")),
    ],
)
def test_a_webhook_has_one_secret_or_several(text, secrets):
    assert settings(f"github.webhook_secret = {text}").github.webhook_secrets == secrets


@pytest.mark.parametrize("text", ["['good', '']", "['good', ' ']", "'[1]'", "'[open'", "['good', 7]"])
def test_a_broken_list_of_secrets_is_refused_and_not_repeated(text):
    (problem,) = problems_of(f"github.webhook_secret = {text}")
    assert "github.webhook_secret: wanted is a text" in problem
    assert "good" not in problem
    assert "open" not in problem


@pytest.mark.parametrize("name", ["octo/rules", "{owner}/.pr-reviewer", "holding/best.practices_1"])
def test_an_organisations_repository_is_named_as_its_provider_does(name):
    assert settings(f"rules.organisation_repository = '{name}'").rules.organisation_repository == name


@pytest.mark.parametrize(
    "name", ["rules", "a/b/c", "{repo}/x", "octo/..", "../x", "https://github.com/octo/x", "octo/ü"]
)
def test_what_is_no_repositorys_name_is_refused(name):
    (problem,) = problems_of(f"rules.organisation_repository = '{name}'")
    assert "wanted is the name of a repository" in problem


@pytest.mark.parametrize("unset", ["", "none"])
def test_an_organisations_repository_can_be_switched_off(unset):
    assert settings(f"rules.organisation_repository = '{unset}'").rules.organisation_repository is None


def test_a_folder_of_rules_is_absolute_for_a_relative_one_could_be_anybodys():
    assert settings("rules.folder = '~/rules'").rules.folder == "~/rules"
    (problem,) = problems_of("rules.folder = 'rules'")
    assert "wanted is the absolute path of a folder" in problem


def test_an_unknown_kind_of_rule_file_is_told_the_nearest():
    (problem,) = problems_of("rules.sources = ['CLAUD.md']")
    assert problem.endswith("Did you mean CLAUDE.md?")
