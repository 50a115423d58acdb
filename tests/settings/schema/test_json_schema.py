import json
import tomllib

import pytest
from jsonschema import Draft202012Validator

from pr_reviewer import resources
from pr_reviewer.settings.load import default_values, schema_for
from pr_reviewer.settings.schema.keys import keys
from pr_reviewer.settings.schema.layers import Layer


def names(schema):
    return {f"{section}.{name}" for section, table in schema["properties"].items() for name in table["properties"]}


def errors(text, layer=Layer.FILE):
    return [error.message for error in Draft202012Validator(schema_for(layer)).iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("layer", [Layer.REPOSITORY, Layer.FILE])
def test_it_is_a_json_schema_that_refers_to_nothing_outside(layer):
    schema = schema_for(layer)
    Draft202012Validator.check_schema(schema)
    assert "$ref" not in json.dumps(schema)


def test_the_operator_has_every_setting_and_a_repository_its_own():
    assert names(schema_for(Layer.FILE)) == set(keys())
    assert names(schema_for(Layer.REPOSITORY)) == {
        *(key for key in keys() if key.startswith("automatic.")),
        *(key for key in keys() if key.startswith(("describe.", "improve."))),
        "review.max_comments",
        "review.min_confidence",
        "review.fail_on",
        "paths.ignore",
        "paths.only",
        "rules.packs",
        "rules.sources",
        "rules.legacy_style",
    }


def test_our_own_defaults_follow_it():
    assert errors(resources.data_text("settings/defaults.toml")) == []


def test_defaults_and_descriptions_are_in_it():
    schema = schema_for(Layer.REPOSITORY)["properties"]["review"]["properties"]
    assert {name: property_["default"] for name, property_ in schema.items()} == {
        "max_comments": 5,
        "min_confidence": "medium",
        "fail_on": "none",
    }
    assert all(property_["description"] for property_ in schema.values())


@pytest.mark.parametrize(
    "text",
    [
        "[review]\nfail_on = 'none'",
        "[review]\nfail_on = 'error'\nmax_usd = 2.5",
        "[models]\nverify = ''",
        "[models.cards.x]\nwindow = 1\nencoding = 'o200k_base'",
    ],
)
def test_it_accepts_what_loads(text):
    assert errors(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "[review]\nmax_coments = 3",
        "[reviews]",
        "[review]\nmax_comments = '3'",
        "[review]\nfail_on = 'nothing'",
        "[models.cards.x]",
        "[models.cards.x]\nwindow = 1\nx = 1",
        "[paths]\nignore = ['']",
    ],
)
def test_it_refuses_what_does_not_load(text):
    assert errors(text) != []


def test_every_default_stands_in_the_data_file_and_none_in_the_schema():
    assert set(default_values()) == set(keys())
