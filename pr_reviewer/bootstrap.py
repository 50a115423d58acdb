"""Wires concrete things together; the only place that does.

What belongs here: constructing clients, wrappers and workers from settings. What does not: deciding anything.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from pr_reviewer import resources
from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.endpoint import Network
from pr_reviewer.llm.tokens import TokenCounter
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.llm import Cost, ModelCard, Task
from pr_reviewer.model.posting import CheckState
from pr_reviewer.model.rules import Level, Rule, RuleFile
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.plan.inputs import TaskModels
from pr_reviewer.plan.templates import Templates
from pr_reviewer.providers.base import ChangeReader
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.rules.parse import parse_rules
from pr_reviewer.settings.load import REPOSITORY_FILE, Document, load_settings, model_cards
from pr_reviewer.settings.schema.cards import card_for
from pr_reviewer.settings.schema.problems import Assignment
from pr_reviewer.settings.schema.resolve import ResolvedSettings
from pr_reviewer.settings.schema.sections import Settings
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.organisation import NOWHERE, Organisation
from pr_reviewer.workflows.publish import Terms
from pr_reviewer.workflows.rulebook import read_rulebook

if TYPE_CHECKING:
    from pr_reviewer.llm.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Model:
    """A model to ask, and what has been spent on it so far."""

    llm: LLM
    spent: Callable[[], Cost]


async def resolve_settings(
    source: ChangeReader,
    environ: Mapping[str, str],
    arguments: Sequence[Assignment],
    organisation: Organisation = NOWHERE,
) -> Settings:
    """The settings that hold for a change, with its organisation's and its repository's own. Raises SettingsError."""
    return (await resolved_settings(source, environ, arguments, organisation)).settings


async def resolved_settings(
    source: ChangeReader,
    environ: Mapping[str, str],
    arguments: Sequence[Assignment],
    organisation: Organisation = NOWHERE,
) -> ResolvedSettings:
    """The same, with the source of each."""
    load_settings(environ, arguments=arguments)  # the operator's own mistakes are told before anything is read
    theirs = await organisation_document(organisation)
    text = await repository_settings(source)
    return load_settings(environ, organisation=theirs, repository_text=text, arguments=arguments)


Wrap = Callable[[LLM], LLM]


def unwrapped(llm: LLM) -> LLM:
    """The model as it is."""
    return llm


@asynccontextmanager
async def open_desk(
    source: ChangeReader,
    settings: Settings,
    organisation: Organisation = NOWHERE,
    *,
    asks: bool = True,
    record: Path | None = None,
    wrap: Wrap = unwrapped,
) -> AsyncIterator[Desk]:
    """All that a review works with, closed at the end. Without `asks`, no model is there to be asked.

    `wrap` puts something between the meter, which counts every answer, and the limit on concurrent calls.
    """
    counter = token_counter(settings)
    rules = await read_rules(source, settings, organisation)
    async with PatternWorker() as worker, open_model(settings, counter, record, asks=asks, wrap=wrap) as model:
        yield Desk(
            source=source,
            worker=worker,
            rules=rules,
            models=TaskModels(*(cards_for(settings, task) for task in (Task.REVIEW, Task.VERIFY, Task.SUMMARY))),
            counter=counter,
            templates=Templates(prompt_templates()),
            llm=model.llm if model else None,
            spent=model.spent if model else Cost,
            foreign=settings.rules.sources,
            legacy_style=settings.rules.legacy_style,
        )


async def read_rules(source: ChangeReader, settings: Settings, organisation: Organisation = NOWHERE) -> RuleBook:
    """The rules of every level, the repository's own at the tip of the base branch. Raises SettingsError."""
    pull = await source.pull_request()
    return await read_rulebook(source, pull.base.sha, settings.rules, organisation)


def shipped_rules() -> tuple[Rule, ...]:
    """The rules of the pack that is always on. A broken one is a broken installation, which the tests rule out."""
    files = resources.list_data("best_practices/core")
    parsed = (parse_rules(resources.data_text(path), RuleFile(Level.PACK, "pack core", path)) for path in files)
    return tuple(rule for each in parsed for rule in each.rules)


async def repository_settings(source: ChangeReader) -> str | None:
    """The text of `.pr_reviewer.toml` at the tip of the base branch; None where there is none.

    Raises SettingsError for one that is there and cannot be read: its rules must not go unheeded unnoticed.
    """
    pull = await source.pull_request()
    if not pull.base.sha:
        return None
    text = (await source.read_files(pull.base.sha, [REPOSITORY_FILE])).get(REPOSITORY_FILE)
    if text is None and REPOSITORY_FILE in await source.list_files(pull.base.sha):
        raise SettingsError(f"{REPOSITORY_FILE} cannot be read at {pull.base.branch}: it is binary, too big or a link")
    return text


async def organisation_document(organisation: Organisation) -> Document | None:
    """The organisation's `.pr_reviewer.toml`; None where there is none. Raises SettingsError as for a repository's."""
    tip = organisation.tip
    if tip is None or REPOSITORY_FILE not in await tip.files.list_files(tip.sha):
        return None
    name = f"{tip.project}/{REPOSITORY_FILE}"
    text = (await tip.files.read_files(tip.sha, [REPOSITORY_FILE])).get(REPOSITORY_FILE)
    if text is None:
        raise SettingsError(f"{name} cannot be read: it is binary, too big or a link")
    return Document(text, name)


def cards_for(settings: Settings, task: Task) -> tuple[ModelCard, ...]:
    """What is known of the models that a task asks, in their order; no reply is longer than the setting allows."""
    known, models = model_cards(settings), settings.models
    cards = (card_for(name, known, models.default_window) for name in models.names_for(task))
    return tuple(replace(card, max_output=min(card.max_output, models.max_output_tokens)) for card in cards)


def token_counter(settings: Settings) -> TokenCounter:
    """A counter for the model that reviews; its vocabulary is loaded only when a count is needed."""
    return TokenCounter(cards_for(settings, Task.REVIEW)[0].encoding, resources.tokenizer_bytes)


def prompt_templates() -> dict[str, str]:
    """The texts of all prompt templates, by name (`review/system.md.j2`)."""
    folder = "settings/prompts"
    return {name.removeprefix(f"{folder}/"): resources.data_text(name) for name in resources.list_data(folder)}


@asynccontextmanager
async def open_model(
    settings: Settings, counter: TokenCounter, record: Path | None = None, *, asks: bool = True, wrap: Wrap = unwrapped
) -> AsyncIterator[Model | None]:
    """The model to ask, with every wrapper; None where neither key nor address is set, or nothing is to be asked.

    From the outside in: fall back to the next model, wait and retry, meter and cap, whatever `wrap` adds, limit
    concurrency, record, ask.
    """
    if not (asks and settings.asks_model):
        yield None
        return
    from pr_reviewer.llm.client import OpenAIClient
    from pr_reviewer.llm.fallback import Fallback
    from pr_reviewer.llm.limit import Limit
    from pr_reviewer.llm.meter import Caps, Meter
    from pr_reviewer.llm.record import Record
    from pr_reviewer.llm.retry import Patience, Retry

    models, review = settings.models, settings.review
    async with OpenAIClient(**client_arguments(settings)) as client:
        asked: LLM = Record(client, record) if record else client
        known = model_cards(settings)
        meter = Meter(
            wrap(Limit(asked, models.max_concurrency)),
            price_of=lambda name: card_for(name, known, models.default_window).price,
            # The bound by bytes costs nothing; a cap in dollars deserves the exact count.
            count=counter.at_most if review.max_usd is None else counter.count,
            caps=Caps(review.max_model_calls, review.max_usd),
        )
        patience = Patience(total=models.max_wait_seconds, attempts=models.max_retries + 1)
        yield Model(Fallback(Retry(meter, patience)), lambda: meter.snapshot().cost)


def publishing_terms(settings: Settings) -> Terms:
    """How a review is published on GitHub."""
    from pr_reviewer.providers.github.address import Site

    site = Site.of(settings.github.server_url or "", settings.github.api_url or "")
    return Terms(
        fail_on=settings.review.fail_on,
        incomplete=CheckState(settings.check.incomplete),
        code_url=f"{site.server_url}/{{project}}/blob/{{sha}}/{{path}}#L{{first}}-L{{last}}",
    )


def network_of(settings: Settings) -> Network:
    """The way out, for every client alike."""
    network = settings.network
    return Network(
        https_proxy=network.https_proxy or network.all_proxy or "",
        http_proxy=network.http_proxy or network.all_proxy or "",
        no_proxy=network.no_proxy or "",
        ca_file=network.ca_bundle or "",
    )


def client_arguments(settings: Settings) -> dict[str, Any]:
    """What `OpenAIClient` is made from."""
    from pr_reviewer.llm.endpoint import Sampling, Timeouts

    models = settings.models
    return {
        "endpoint": _endpoint(settings),
        "network": network_of(settings),
        "timeouts": Timeouts(read=models.timeout_seconds, total=models.timeout_seconds),
        "sampling": Sampling(models.temperature, models.reasoning_effort),
    }


def _endpoint(settings: Settings) -> "Endpoint":
    from pr_reviewer.llm.endpoint import OPENAI_URL, Endpoint

    azure, openai = settings.azure, settings.openai
    if azure.endpoint:
        return Endpoint(azure.endpoint, _plain(azure.api_key), azure.api_version, _plain(azure.ad_token))
    named = {"OpenAI-Organization": openai.organization, "OpenAI-Project": openai.project}
    headers = {name: value for name, value in named.items() if value}
    return Endpoint(openai.base_url or OPENAI_URL, _plain(openai.api_key), headers=headers)


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
