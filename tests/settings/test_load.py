import subprocess
import sys

import pytest

from pr_reviewer.model.errors import SettingsError
from pr_reviewer.settings.load import Document, argument, check_settings, load_settings, model_arguments
from pr_reviewer.settings.schema.layers import Layer
from pr_reviewer.settings.schema.sections import Settings
from tests.settings.builders import problems_in, source_of


def test_with_nothing_set_the_defaults_hold():
    resolved = load_settings({})
    assert set(resolved.sources.values()) == {"defaults"}
    assert not resolved.settings.asks_model
    assert resolved.settings.review.max_comments == 5
    assert resolved.settings.review.max_usd is None


def test_every_place_overrides_the_one_before(tmp_path):
    file = tmp_path / "operator.toml"
    file.write_text("[review]\nmax_comments = 1\n")
    environ = {"PR_REVIEWER_CONFIG": str(file)}
    found = []

    def look(**more):
        resolved = load_settings(environ, **more)
        found.append((resolved.settings.review.max_comments, resolved.sources["review.max_comments"]))

    look()
    environ["PR_REVIEWER_REVIEW__MAX_COMMENTS"] = "2"
    look()
    look(repository_text="review.max_comments = 3")
    comment = argument("review.max_comments", "4", "/review --max-comments", layer=Layer.COMMENT)
    look(repository_text="review.max_comments = 3", arguments=[comment])
    look(
        repository_text="review.max_comments = 3",
        arguments=[argument("review.max_comments", 5, "--max-comments"), comment],
    )
    assert found == [
        (1, f"file {file}:2"),
        (2, "environment PR_REVIEWER_REVIEW__MAX_COMMENTS"),
        (3, "repository .pr_reviewer.toml:1"),
        (4, "comment /review --max-comments"),
        (5, "command --max-comments"),
    ]


def test_the_person_at_the_terminal_names_one_model_for_everything():
    environ = {"PR_REVIEWER_MODELS__VERIFY": "b", "PR_REVIEWER_MODELS__FALLBACKS": '["c"]'}
    models = load_settings(environ, arguments=model_arguments("a")).settings.models
    assert (models.review, models.verify, models.summary, models.fallbacks) == ("a", None, None, ())


def test_a_comment_may_not_name_a_model():
    with pytest.raises(
        SettingsError, match=r"^--model: models\.review may be set by the operator only, not by the comment"
    ):
        load_settings({}, arguments=[argument("models.review", "a", "--model", layer=Layer.COMMENT)])


def test_a_repositorys_file_is_named_as_it_was_read():
    (problem,) = check_settings({}, repository_text="x = 1", repository_name="main:.pr_reviewer.toml")
    assert problem.message == "main:.pr_reviewer.toml:1: unknown setting x"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("OPENAI_API_KEY", "openai.api_key"),
        ("OPENAI_ORG_ID", "openai.organization"),
        ("OPENAI_PROJECT_ID", "openai.project"),
        ("NO_PROXY", "network.no_proxy"),
        ("no_proxy", "network.no_proxy"),
        ("HTTPS_PROXY", "network.https_proxy"),
        ("https_proxy", "network.https_proxy"),
        ("HTTP_PROXY", "network.http_proxy"),
        ("ALL_PROXY", "network.all_proxy"),
    ],
)
def test_the_ecosystems_variables_are_read_under_their_own_names(name, key):
    assert source_of(key, **{name: "h:1"}) == f"environment {name}"


def test_the_lower_case_proxy_wins_as_it_does_for_everybody():
    network = load_settings({"HTTPS_PROXY": "http://upper", "https_proxy": "http://lower"}).settings.network
    assert network.https_proxy == "http://lower"


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "HTTPS_PROXY", "SSL_CERT_FILE"])
@pytest.mark.parametrize("value", ["", " \n"])
def test_an_empty_variable_counts_as_unset(name, value):
    assert set(load_settings({name: value}).sources.values()) == {"defaults"}


def test_an_empty_variable_of_ours_counts_as_unset_even_if_nobody_knows_it():
    assert problems_in(PR_REVIEWER_REVIEW__MAX_COMMENTS="", PR_REVIEWER_NOTHING="", PR_REVIEWER_CONFIG="") == []


def test_a_line_end_behind_a_key_is_not_part_of_it():
    key = load_settings({"OPENAI_API_KEY": "sk-x\r\n"}).settings.openai.api_key
    assert key is not None
    assert key.get_secret_value() == "sk-x"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        (
            "PR_REVIEWER_REVIEW__MAX_US",
            "3",
            "unknown environment variable PR_REVIEWER_REVIEW__MAX_US. Did you mean PR_REVIEWER_REVIEW__MAX_USD?",
        ),
        (
            "PR_REVIEWER_REVIEW_MAX_USD",
            "3",
            "unknown environment variable PR_REVIEWER_REVIEW_MAX_USD. Did you mean PR_REVIEWER_REVIEW__MAX_USD?",
        ),
        (
            "PR_REVIEWER_CONFG",
            "x",
            "unknown environment variable PR_REVIEWER_CONFG. Did you mean PR_REVIEWER_CONFIG?",
        ),
        (
            "pr_reviewer_config",
            "x",
            "unknown environment variable pr_reviewer_config. Did you mean PR_REVIEWER_CONFIG?",
        ),
        (
            "PR_REVIEWER_MODELS__CARDS__X",
            "x",
            "unknown environment variable PR_REVIEWER_MODELS__CARDS__X. Did you mean PR_REVIEWER_MODELS__CARDS?",
        ),
        (
            "PR_REVIEWER_OPENAI__API_KEY",
            "sk-secret",
            "unknown environment variable PR_REVIEWER_OPENAI__API_KEY. openai.api_key is read from OPENAI_API_KEY.",
        ),
        ("PR_REVIEWER_ZZZZZZ", "x", "unknown environment variable PR_REVIEWER_ZZZZZZ"),
        (
            "PR_REVIEWER_PATHS__IGNORE",
            "*.md,docs/**",
            (
                "PR_REVIEWER_PATHS__IGNORE: not JSON (Expecting value: line 1 column 1 (char 0)). "
                'Lists and tables are written as JSON: ["docs/**", "*.md"].'
            ),
        ),
        (
            "PR_REVIEWER_PATHS__IGNORE",
            '["a", 1]',
            "PR_REVIEWER_PATHS__IGNORE: paths.ignore, item 2: wanted is a text that is not empty, not the number 1",
        ),
        (
            "PR_REVIEWER_PATHS__IGNORE",
            '"a"',
            'PR_REVIEWER_PATHS__IGNORE: paths.ignore: wanted is a list of texts, not the text "a"',
        ),
        (
            "PR_REVIEWER_PATHS__IGNORE",
            "null",
            "PR_REVIEWER_PATHS__IGNORE: paths.ignore: wanted is a list of texts, not None",
        ),
        (
            "PR_REVIEWER_REVIEW__MAX_USD",
            "x",
            'PR_REVIEWER_REVIEW__MAX_USD: review.max_usd: wanted is a number above 0 or "none", not the text "x"',
        ),
        (
            "PR_REVIEWER_REVIEW",
            "3",
            'PR_REVIEWER_REVIEW: a section takes a JSON object. For example {"max_comments": 3}.',
        ),
        (
            "PR_REVIEWER_REVIEW",
            "null",
            'PR_REVIEWER_REVIEW: a section takes a JSON object. For example {"max_comments": 3}.',
        ),
        (
            "PR_REVIEWER_REVIEW",
            '{"max_coments": 3}',
            "PR_REVIEWER_REVIEW: unknown setting review.max_coments. Did you mean review.max_comments?",
        ),
        (
            "PR_REVIEWER_AZURE",
            '{"api_key": sk-secret}',
            (
                "PR_REVIEWER_AZURE: not JSON (Expecting value: line 1 column 13 (char 12)). "
                'Lists and tables are written as JSON: ["docs/**", "*.md"].'
            ),
        ),
        (
            "OPENAI_BASE_URL",
            "localhost",
            'OPENAI_BASE_URL: openai.base_url: wanted is an http:// or https:// address, not the text "localhost"',
        ),
        ("SSL_CERT_FILE", "/no/such.pem", "environment SSL_CERT_FILE: no file at /no/such.pem"),
    ],
)
def test_a_bad_variable_is_named_with_what_to_do(name, value, problem):
    assert problems_in(**{name: value}) == [problem]


def test_a_variable_that_stands_twice_in_different_case_is_an_error():
    assert problems_in(PR_REVIEWER_REVIEW__MAX_USD="1", pr_reviewer_review__max_usd="2") == [
        "PR_REVIEWER_REVIEW__MAX_USD and pr_reviewer_review__max_usd are the same setting. Keep one of them."
    ]


def test_lists_tables_and_sections_are_json_as_pydantic_settings_has_it():
    settings = load_settings(
        {
            "PR_REVIEWER_PATHS__IGNORE": '["a", "b"]',
            "pr_reviewer_models__default_window": "1000",
            "PR_REVIEWER_REVIEW": '{"max_comments": 3, "max_usd": 2}',
            "PR_REVIEWER_REVIEW__MAX_COMMENTS": "4",
            "PR_REVIEWER_AZURE": "{}",
        }
    ).settings
    assert settings.paths.ignore == ("a", "b")
    assert settings.models.default_window == 1000
    assert (settings.review.max_comments, settings.review.max_usd) == (4, 2.0)


def test_a_ca_bundle_that_exists_is_taken(tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    assert load_settings({"SSL_CERT_FILE": str(bundle)}).settings.network.ca_bundle == str(bundle)


def test_an_operators_file_that_is_not_there_is_an_error(tmp_path):
    path = tmp_path / "no.toml"
    assert problems_in(PR_REVIEWER_CONFIG=str(path)) == [
        f"PR_REVIEWER_CONFIG: {path} cannot be read: No such file or directory"
    ]


def test_a_folder_or_an_impossible_name_is_no_operators_file(tmp_path):
    assert problems_in(PR_REVIEWER_CONFIG=str(tmp_path)) == [
        f"PR_REVIEWER_CONFIG: {tmp_path} cannot be read: Is a directory"
    ]
    assert problems_in(PR_REVIEWER_CONFIG="a\0b") == ["PR_REVIEWER_CONFIG: a\\x00b cannot be read: embedded null byte"]


def test_an_operators_file_that_is_not_utf_8_is_an_error(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# caf\xe9\n")
    assert problems_in(PR_REVIEWER_CONFIG=str(path)) == [f"{path}: not UTF-8 at byte 5. Save the file as UTF-8."]


def test_problems_of_all_places_come_together(tmp_path):
    path = tmp_path / "operator.toml"
    path.write_text("nonsense = 1\n")
    environ = {"PR_REVIEWER_CONFIG": str(path), "PR_REVIEWER_X": "1", "OPENAI_BASE_URL": "x"}
    messages = [problem.message for problem in check_settings(environ, repository_text="[models]\nreview = 'evil'")]
    assert [message.partition(":")[0] for message in messages] == [
        "unknown environment variable PR_REVIEWER_X",
        str(path),
        ".pr_reviewer.toml",
        "OPENAI_BASE_URL",
    ]


def test_other_programs_variables_are_not_ours():
    assert problems_in(PATH="/bin", PR_REVIEW="x", AZURE_OPENAI_API_KEY="k") == []


def test_the_environment_of_the_process_is_not_read_behind_the_callers_back(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    monkeypatch.setenv("PR_REVIEWER_REVIEW__MAX_COMMENTS", "9")
    settings: Settings = load_settings({"PR_REVIEWER_REVIEW__MAX_USD": "1"}).settings
    assert not settings.asks_model
    assert settings.review.max_comments == 5


def test_pydantic_settings_is_imported_only_for_a_variable_of_ours():
    code = (
        "import sys; from pr_reviewer.settings.load import load_settings; "
        "load_settings({'OPENAI_API_KEY': 'k'}); assert 'pydantic_settings' not in sys.modules; "
        "load_settings({'PR_REVIEWER_REVIEW__MAX_USD': '1'}); assert 'pydantic_settings' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_organisation_stands_between_the_operator_and_the_repository():
    organisation = Document(
        "[review]\nmax_comments = 7\nmin_confidence = 'low'\n", "octo/.pr-reviewer/.pr_reviewer.toml"
    )
    resolved = load_settings(
        {"PR_REVIEWER_REVIEW__MAX_COMMENTS": "1"},
        organisation=organisation,
        repository_text="review.min_confidence = 'high'",
    )
    assert resolved.settings.review.max_comments == 7
    assert resolved.sources["review.max_comments"] == "organisation octo/.pr-reviewer/.pr_reviewer.toml:2"
    assert resolved.sources["review.min_confidence"] == "repository .pr_reviewer.toml:1"


@pytest.mark.parametrize("key", ["rules.folder", "rules.organisation_repository", "rules.enforcement", "models.review"])
def test_an_organisation_may_not_set_what_is_the_operators(key):
    organisation = Document(f"{key} = 'off'\n", "octo/.pr-reviewer/.pr_reviewer.toml")
    (problem,) = check_settings({}, organisation=organisation)
    assert f":1: {key} may be set by the operator only, not by the organisation" in str(problem)


def test_a_folder_of_rules_must_be_there(tmp_path):
    environ = {"PR_REVIEWER_RULES__FOLDER": str(tmp_path)}
    assert load_settings(environ).settings.rules.folder == str(tmp_path)
    problems = problems_in(PR_REVIEWER_RULES__FOLDER=str(tmp_path / "absent"))
    assert problems == [f"environment PR_REVIEWER_RULES__FOLDER: no folder at {tmp_path}/absent"]


def test_files_that_are_not_there_are_told_together(tmp_path):
    problems = problems_in(PR_REVIEWER_RULES__FOLDER=str(tmp_path / "a"), SSL_CERT_FILE=str(tmp_path / "b"))
    assert len(problems) == 2


def test_a_folder_that_may_not_be_looked_at_is_none():
    assert "no folder" in problems_in(PR_REVIEWER_RULES__FOLDER="/" + "x" * 5000)[0]
