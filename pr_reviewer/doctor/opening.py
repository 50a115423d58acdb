"""Opens the line to the models as the settings have it. Part of the wiring, like `bootstrap.py`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pr_reviewer.bootstrap import cards_for, client_arguments, open_desk, token_counter
from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.doctor.check import Check
from pr_reviewer.doctor.endpoint import Line
from pr_reviewer.doctor.planted import PlantedChange, check_planted_bug
from pr_reviewer.doctor.window import Belief
from pr_reviewer.llm.client import OpenAIClient
from pr_reviewer.llm.inspect import Inspector
from pr_reviewer.model.llm import Task
from pr_reviewer.model.review import Review
from pr_reviewer.settings.load import model_cards
from pr_reviewer.settings.schema.cards import find_card
from pr_reviewer.settings.schema.sections import Settings
from pr_reviewer.workflows.review import review

_TASKS = (Task.REVIEW, Task.VERIFY, Task.SUMMARY)


@asynccontextmanager
async def open_line(settings: Settings, seconds: float) -> AsyncIterator[Line]:
    """The line to the models; no call takes longer than `seconds`."""
    others, settings = _others(settings), _impatient(settings, seconds)
    arguments = client_arguments(settings)
    way = {name: arguments[name] for name in ("network", "timeouts")}
    openai, azure = settings.openai, settings.azure

    async def plant() -> Check:
        return await check_planted_bug(lambda: _review_planted(settings))

    async with OpenAIClient(**arguments) as client, Inspector(arguments["endpoint"], **way) as inspector:
        yield Line(
            client=client,
            inspector=inspector,
            counter=token_counter(settings),
            model=_belief(settings),
            others=others,
            plant=plant,
            host=arguments["endpoint"].host,
            has_key=bool(openai.api_key or azure.api_key or azure.ad_token),
            has_list=not azure.endpoint,
        )


def _impatient(settings: Settings, seconds: float) -> Settings:
    """One try and no other model in its place: what is wrong shall show."""
    models = settings.models
    changes = {"timeout_seconds": min(seconds, models.timeout_seconds), "max_retries": 0, "fallbacks": ()}
    return settings.model_copy(update={"models": models.model_copy(update=changes)})


def _belief(settings: Settings) -> Belief:
    card = cards_for(settings, Task.REVIEW)[0]
    found = find_card(card.name, model_cards(settings))
    return Belief(card, found.card.window if found else card.window, is_guess=found is None)


def _others(settings: Settings) -> tuple[str, ...]:
    """Every other model that a review may ask, each once."""
    names = (name for task in _TASKS for name in settings.models.names_for(task))
    return tuple(name for name in dict.fromkeys(names) if name != settings.models.review)


async def _review_planted(settings: Settings) -> Review:
    async with open_desk(PlantedChange(), settings) as desk:
        return (await review(desk, settings.review, SkipRules.compile((), ()))).review
