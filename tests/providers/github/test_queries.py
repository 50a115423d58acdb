"""Each text that is sent is valid by GitHub's own schema."""

import pytest
from graphql import parse, validate

from pr_reviewer.providers.github import queries
from tests.fakes.github.graphql.schema import schema

TEXTS = {
    name: getattr(queries, name)
    for name in ("STANDING", "PULL", "START_REVIEW", "SUBMIT_REVIEW", "DELETE_REVIEW", "REACT")
} | {f"add_threads({count})": queries.add_threads(count) for count in (1, 20)}


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_valid(name):
    assert validate(schema(), parse(TEXTS[name])) == []


@pytest.mark.parametrize("name", TEXTS)
def test_only_a_repository_s_number_is_asked_for_which_github_keeps(name):
    without = TEXTS[name].replace("databaseId nameWithOwner", "")
    assert "databaseid" not in without.lower()
