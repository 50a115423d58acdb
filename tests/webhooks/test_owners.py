"""Whose repositories are served."""

import pytest

from pr_reviewer.settings.load import load_settings
from webhooks.ending import Withdrawn
from webhooks.owners import owners_of, require_served

NOBODY = load_settings({}).settings.github
OCTO = NOBODY.model_copy(update={"allowed_owners": ("Octo",)})


@pytest.mark.parametrize(
    ("found", "github", "owners"),
    [
        ({"owner": {"login": "acme"}}, NOBODY, ("acme",)),
        ({"owner": {"slug": "acme-inc"}}, NOBODY, ("acme-inc",)),
        ({"owner": {}}, NOBODY, ()),
        ({"owner": {"login": "acme"}}, OCTO, ("Octo",)),
    ],
    ids=["a person's or an organisation's", "an enterprise's", "nobody's", "listed"],
)
def test_the_apps_owner_is_served_unless_the_operator_lists_others(found, github, owners):
    assert owners_of(found, github) == owners


@pytest.mark.parametrize(
    ("told", "now", "github"), [("eve", "Eve", OCTO), ("eve", "octo", OCTO), ("eve", "ann", NOBODY)]
)
async def test_a_repository_may_move_to_whomever_is_served(told, now, github):
    await require_served(None, github, told, now)


async def test_a_repository_that_moved_to_a_stranger_is_left_alone():
    with pytest.raises(Withdrawn, match="belongs to eve now"):
        await require_served(None, OCTO, "octo", "eve")
