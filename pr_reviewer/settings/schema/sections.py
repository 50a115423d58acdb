"""Every setting. A section is a class, a setting is a field; its default stands in `settings/defaults.toml`.

A field says what it means in its description, which the reference page and the JSON Schema show. Unmarked
fields are the operator's alone: hosts, keys, models and budgets stay so.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pr_reviewer.model.commands import CommandName
from pr_reviewer.model.findings import Confidence, Severity
from pr_reviewer.model.improvements import Impact
from pr_reviewer.model.llm import Task
from pr_reviewer.model.rules import Enforcement, ForeignKind
from pr_reviewer.settings.schema.fields import (
    Dollars,
    NoneIsUnset,
    OptionalFolder,
    OptionalProject,
    OptionalProxy,
    OptionalSecret,
    OptionalSecrets,
    OptionalText,
    OptionalUrl,
    PositiveInt,
    Seconds,
    SomeSeconds,
    Text,
    secrets_of,
)
from pr_reviewer.settings.schema.layers import SettableBy, Trust, Variable

# /ask, /explain and /help answer somebody: nobody asks where they run by themselves.
Commands = tuple[
    Literal[CommandName.REVIEW, CommandName.IMPROVE, CommandName.DESCRIBE, CommandName.RULES, CommandName.CONFIG],
    ...,
]
Count = Annotated[PositiveInt | None, NoneIsUnset]
DailyDollars = Annotated[Annotated[float, Field(gt=0, allow_inf_nan=False)] | None, NoneIsUnset]


class Section(BaseModel):
    """What all sections share: frozen, and no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Card(Section):
    """What an operator states of a model. Prices are US dollars for a million tokens, known all or not at all."""

    window: PositiveInt = Field(description="Tokens that one call may have, prompt and reply together.")
    max_output: PositiveInt | None = Field(None, description="Most tokens of a reply.")
    encoding: Literal["o200k_base", "cl100k_base"] | None = Field(
        None, description="A shipped tokenizer that counts exactly for this model."
    )
    input: Dollars | None = Field(None, description="Price of a million prompt tokens.")
    cached: Dollars | None = Field(None, description="Price of a million cached prompt tokens; the prompt's if absent.")
    output: Dollars | None = Field(None, description="Price of a million reply tokens.")

    @model_validator(mode="after")
    def _prices_come_together(self) -> Self:
        if (self.input is None) is not (self.output is None) or (self.cached is not None and self.input is None):
            raise ValueError("has a price for input or output alone; give both or neither")
        return self


class ModelSettings(Section):
    """Which models are asked, and how."""

    review: Text = Field(description="The model that looks for defects.")
    verify: OptionalText = Field(description="The model that checks each finding. Empty: the one that reviews.")
    summary: OptionalText = Field(description="The model that writes the summary. Empty: the one that reviews.")
    fallbacks: tuple[Text, ...] = Field(description="Models to ask, in this order, when one fails for good.")
    default_window: PositiveInt = Field(description="Context window of a model without a card, in tokens.")
    max_output_tokens: PositiveInt = Field(description="Most tokens of one reply, reasoning included.")
    max_concurrency: Annotated[int, Field(ge=1, le=64)] = Field(description="Most calls under way at once.")
    timeout_seconds: Seconds = Field(description="How long one call may take.")
    max_retries: Annotated[int, Field(ge=0, le=20)] = Field(
        description="How often a call that failed for the moment (rate limit, 5xx, broken connection) is made again."
    )
    max_wait_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        description="Longest time that one call waits for its retries, all pauses together."
    )
    temperature: Annotated[Annotated[float, Field(ge=0, le=2)] | None, NoneIsUnset] = Field(
        description='Sampling temperature. "none": not sent, the endpoint decides; reasoning models take no other.'
    )
    reasoning_effort: OptionalText = Field(
        description="How hard a reasoning model thinks (low, medium, high, … as it knows them). Empty: not sent."
    )
    cards: Mapping[str, Card] = Field(
        description="Models that `settings/models.toml` does not know, or knows otherwise, by name."
    )

    def names_for(self, task: Task) -> tuple[str, ...]:
        """The models to ask for a task, in order: its own, then the fallbacks, each once."""
        own = {Task.VERIFY: self.verify, Task.SUMMARY: self.summary}.get(task) or self.review
        return tuple(dict.fromkeys((own, *self.fallbacks)))


class ReviewSettings(Section):
    """What a review says, and what it may cost."""

    max_model_calls: PositiveInt = Field(
        description="Most calls of one review: half of them to find, the rest to verify and repair."
    )
    max_comments: Annotated[int, Field(ge=0, le=100), SettableBy(Trust.COMMENTER)] = Field(
        description="Most comments on lines; further findings are folded into the summary."
    )
    max_usd: Annotated[Annotated[float, Field(gt=0, allow_inf_nan=False)] | None, NoneIsUnset] = Field(
        description='Most US dollars of one review, where prices are known. "none": no limit.'
    )
    min_confidence: Annotated[Confidence, SettableBy(Trust.COMMENTER)] = Field(
        description="Findings that the verification is less sure of are not raised."
    )
    fail_on: Annotated[Severity | None, NoneIsUnset, SettableBy(Trust.REPOSITORY)] = Field(
        description='Findings at or above this severity make the command exit with 1. "none": no finding does.'
    )


class ImproveSettings(Section):
    """What `/improve` offers. What it may cost stands under `review`."""

    max_suggestions: Annotated[int, Field(ge=1, le=50), SettableBy(Trust.COMMENTER)] = Field(
        description="Most suggestions on lines; further ones are folded into the summary."
    )
    min_impact: Annotated[Impact, SettableBy(Trust.COMMENTER)] = Field(
        description="Ideas of less impact are not pursued."
    )


class PathSettings(Section):
    """Which files are reviewed. Globs are those of .gitignore."""

    ignore: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="Files that are not reviewed, beside lock files, generated and vendored ones."
    )
    only: Annotated[tuple[Text, ...], SettableBy(Trust.COMMENTER)] = Field(
        description="If not empty, only these files are reviewed."
    )


class RuleSettings(Section):
    """Which best practices a review keeps. The rules themselves stand in markdown files."""

    packs: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="Shipped packs of rules, each by its name or by a language's."
    )
    folder: OptionalFolder = Field(
        description="A folder of the operator's, whose `*.md` files hold for every repository. Empty: none."
    )
    organisation_repository: OptionalProject = Field(
        description="The repository of the organisation's rules and settings, read at the tip of its default branch; "
        "`{owner}` is the owner of what is under review. Empty: none is read."
    )
    sources: Annotated[tuple[ForeignKind, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="Files for other tools that rules are read from, too, where a repository has them: "
        f"{', '.join(f'`{kind}`' for kind in ForeignKind)}."
    )
    enforcement: Enforcement = Field(
        description="What a rule is that does not say it itself; off switches every rule off, whatever it says."
    )
    legacy_style: Annotated[bool, SettableBy(Trust.REPOSITORY)] = Field(
        description="Whether rules of style are kept in a repository that `repositories.toml` calls legacy."
    )


class DescribeSettings(Section):
    """What `/describe` writes, and where."""

    labels: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="Labels that a description may suggest. Empty: it suggests none."
    )
    apply_labels: Annotated[bool, SettableBy(Trust.REPOSITORY)] = Field(
        description="Whether the suggested labels are put on the pull request, too. None is ever taken off."
    )
    as_comment: Annotated[bool, SettableBy(Trust.COMMENTER)] = Field(
        description="Write a comment, and leave the description of the pull request alone."
    )


class OpenAISettings(Section):
    """Any endpoint that speaks OpenAI's chat completions."""

    api_key: Annotated[OptionalSecret, Variable("OPENAI_API_KEY")] = Field(description="The endpoint's key.")
    base_url: Annotated[OptionalUrl, Variable("OPENAI_BASE_URL")] = Field(
        description="The endpoint's address. Empty: https://api.openai.com/v1."
    )
    organization: Annotated[OptionalText, Variable("OPENAI_ORG_ID")] = Field(
        description="The organization that pays, where a key belongs to several."
    )
    project: Annotated[OptionalText, Variable("OPENAI_PROJECT_ID")] = Field(
        description="The project that pays, where a key belongs to several."
    )


class AzureSettings(Section):
    """Azure OpenAI; asked instead of `openai` as soon as its endpoint is set. Models are deployment names."""

    endpoint: OptionalUrl = Field(description="The resource's address: https://NAME.openai.azure.com.")
    api_version: Text = Field(description="The version of the API, a date.")
    api_key: OptionalSecret = Field(description="The resource's key.")
    ad_token: OptionalSecret = Field(description="A Microsoft Entra token, instead of a key.")


class GitHubSettings(Section):
    """GitHub.com or a GitHub Enterprise Server, and who we are there."""

    token: Annotated[OptionalSecret, Variable("GITHUB_TOKEN")] = Field(
        description="A personal access token (classic or fine-grained), or the token of an Actions job."
    )
    api_url: Annotated[OptionalUrl, Variable("GITHUB_API_URL")] = Field(
        description="The API's address; on an Enterprise Server https://HOST/api/v3. Empty: it follows from server_url."
    )
    server_url: Annotated[OptionalUrl, Variable("GITHUB_SERVER_URL")] = Field(
        description="The address of pages and of git. Empty: https://github.com. Pull requests elsewhere are refused."
    )
    app_id: OptionalText = Field(description="The id of a GitHub App to work as, with private_key beside it.")
    private_key: OptionalSecret = Field(description="The App's private key: PEM text, or the path of a file with it.")
    webhook_secret: OptionalSecrets = Field(
        description="The secret of the App's webhook: deliveries that are not signed with it are refused. While it is "
        "replaced, a JSON list of the new one and the old one."
    )
    allowed_owners: tuple[Text, ...] = Field(
        description="Users and organisations whose repositories the server works for. Empty: the App's own owner alone."
    )
    timeout_seconds: Seconds = Field(description="How long one call of the API may take.")
    max_retries: Annotated[int, Field(ge=0, le=20)] = Field(
        description="How often a call that failed for the moment (rate limit, 5xx, broken connection) is made again."
    )
    max_wait_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        description="Longest time that one call waits for its retries, all pauses together."
    )

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Every secret that a delivery may be signed with; none: there are no webhooks."""
        return secrets_of(self.webhook_secret)


class CheckSettings(Section):
    """The check beside the commit."""

    incomplete: Literal["neutral", "failure"] = Field(
        description="What the check of an incomplete review or a superseded head says. On GitHub, neutral satisfies "
        "a required check; a commit status has no neutral, so there it is an error."
    )


class AutomaticSettings(Section):
    """What runs by itself on a pull request, and on which. Globs are those of .gitignore, branches' too."""

    opened: Annotated[Commands, SettableBy(Trust.REPOSITORY)] = Field(description="When a pull request is opened.")
    reopened: Annotated[Commands, SettableBy(Trust.REPOSITORY)] = Field(description="When it is opened again.")
    ready_for_review: Annotated[Commands, SettableBy(Trust.REPOSITORY)] = Field(
        description="When it is a draft no longer."
    )
    synchronize: Annotated[Commands, SettableBy(Trust.REPOSITORY)] = Field(description="When it has a new head.")
    base_changed: Annotated[Commands, SettableBy(Trust.REPOSITORY)] = Field(
        description="When it goes to another branch: its diff is another."
    )
    title_changed: Annotated[Commands, SettableBy(Trust.REPOSITORY)] = Field(description="When its title changes.")
    labeled: Annotated[Commands, SettableBy(Trust.REPOSITORY)] = Field(
        description="When it is given one of `trigger_labels`."
    )
    trigger_labels: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="Labels that run what `labeled` lists."
    )
    drafts: Annotated[bool, SettableBy(Trust.REPOSITORY)] = Field(description="Drafts, too.")
    bots: Annotated[bool, SettableBy(Trust.REPOSITORY)] = Field(description="Pull requests that bots open, too.")
    forks: Annotated[bool, SettableBy(Trust.REPOSITORY)] = Field(description="Pull requests from forks, too.")
    only_labels: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="If not empty, only pull requests with one of these labels."
    )
    skip_labels: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="No pull request with one of these labels."
    )
    skip_authors: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="No pull request of these logins; `*` stands for any characters."
    )
    skip_titles: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="No pull request with such a title; `*` stands for any characters, case does not matter."
    )
    only_base_branches: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="If not empty, only pull requests that go to one of these branches."
    )
    skip_head_branches: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="No pull request that comes from one of these branches."
    )
    only_paths: Annotated[tuple[Text, ...], SettableBy(Trust.REPOSITORY)] = Field(
        description="If not empty, only pull requests that change one of these files."
    )
    max_files: Annotated[PositiveInt | None, NoneIsUnset, SettableBy(Trust.REPOSITORY)] = Field(
        description='No pull request that changes more files. "none": no limit.'
    )
    max_lines: Annotated[PositiveInt | None, NoneIsUnset, SettableBy(Trust.REPOSITORY)] = Field(
        description='No pull request that changes more lines. "none": no limit.'
    )


class ServerSettings(Section):
    """The webhook server: `pr-reviewer serve`."""

    data_dir: OptionalText = Field(
        description="The folder of everything that the server keeps. Empty: pr-reviewer in XDG_STATE_HOME, which is "
        "~/.local/state where it is not set."
    )
    database_url: OptionalSecret = Field(
        description="A Postgres database (postgresql://USER:PASSWORD@HOST/NAME) for all servers and workers. "
        "Empty: SQLite files in data_dir."
    )
    debounce_seconds: SomeSeconds = Field(
        description="How long a pull request must have had no further push before it is reviewed."
    )
    max_concurrent_reviews: PositiveInt = Field(
        description="Most reviews of one process at once. Give it the same value in all processes."
    )
    max_concurrent_repository_reviews: Count = Field(
        description='Most reviews of one repository at once, in all processes together. "none": no limit; also then '
        "others have their turn between its reviews."
    )
    max_concurrent_installation_reviews: Count = Field(
        description='Most reviews of one installation of the App at once, in all processes together. "none": no limit.'
    )
    max_hourly_repository_reviews: Count = Field(
        description="Most reviews of one repository that begin within an hour. What is beyond waits, and its check "
        'says so; what people ask for is counted and does not wait. "none": no limit.'
    )
    max_hourly_installation_reviews: Count = Field(
        description='Most reviews of one installation that begin within an hour. "none": no limit.'
    )
    retention_days: PositiveInt = Field(
        description="How long deliveries, recorded model replies and fetched code are kept after their last use."
    )
    record_deliveries: OptionalFolder = Field(
        description="A folder in which every delivery that is taken is also kept as a file, for `pr-reviewer webhook "
        "replay`. The files hold titles and comments as they came. Empty: none."
    )
    paused: bool = Field(
        description="Stops everything: deliveries are taken, nothing is reviewed, and the check says so."
    )
    shutdown_seconds: SomeSeconds = Field(
        description="How long reviews under way may go on when the server is told to stop; the rest is taken up by the "
        "next start, or by another worker."
    )
    retry_seconds: tuple[SomeSeconds, ...] = Field(
        description="How long to wait before each further try of a job that failed for the moment: after the last it "
        "rests as failed. Within a try, calls have retries of their own."
    )
    commanders: Literal["admin", "write", "read"] = Field(
        description="Whose comments command: everybody with at least this access to the repository. In a public one "
        "everybody can read."
    )
    max_daily_repository_calls: Count = Field(
        description='Most model calls for one repository in a day (UTC). "none": no limit.'
    )
    max_daily_repository_tokens: Count = Field(
        description='Most tokens, of prompts and replies, for one repository in a day. "none": no limit.'
    )
    max_daily_repository_usd: DailyDollars = Field(
        description='Most US dollars for one repository in a day, where prices are known. "none": no limit.'
    )
    max_daily_installation_calls: Count = Field(
        description='Most model calls for one installation of the App in a day. "none": no limit.'
    )
    max_daily_installation_tokens: Count = Field(
        description='Most tokens for one installation in a day. "none": no limit.'
    )
    max_daily_installation_usd: DailyDollars = Field(
        description='Most US dollars for one installation in a day, where prices are known. "none": no limit.'
    )


class NetworkSettings(Section):
    """How every client reaches its host."""

    https_proxy: Annotated[OptionalProxy, Variable("HTTPS_PROXY", also="https_proxy")] = Field(
        description="The proxy for https:// addresses."
    )
    http_proxy: Annotated[OptionalProxy, Variable("HTTP_PROXY", also="http_proxy")] = Field(
        description="The proxy for http:// addresses."
    )
    all_proxy: Annotated[OptionalProxy, Variable("ALL_PROXY", also="all_proxy")] = Field(
        description="The proxy for addresses that have none of their own."
    )
    no_proxy: Annotated[OptionalText, Variable("NO_PROXY", also="no_proxy")] = Field(
        description="Hosts that are reached without a proxy, separated by commas."
    )
    ca_bundle: Annotated[OptionalText, Variable("SSL_CERT_FILE")] = Field(
        description="A PEM file of certificate authorities to trust instead of the usual ones."
    )


class Settings(Section):
    """Every section. Workflows are handed the one that they need."""

    models: ModelSettings
    review: ReviewSettings
    improve: ImproveSettings
    paths: PathSettings
    rules: RuleSettings
    describe: DescribeSettings
    openai: OpenAISettings
    azure: AzureSettings
    github: GitHubSettings
    check: CheckSettings
    automatic: AutomaticSettings
    server: ServerSettings
    network: NetworkSettings

    @property
    def asks_model(self) -> bool:
        """Whether there is an endpoint to ask: a key or an address is set."""
        return bool(self.openai.api_key or self.openai.base_url or self.azure.endpoint)

    def conflicts(self) -> tuple[tuple[str, str], ...]:
        """Settings that do not go together: the key to blame, and a sentence."""
        azure = self.azure
        rules = (
            (
                azure.endpoint and not (azure.api_key or azure.ad_token),
                "endpoint",
                "needs api_key or ad_token beside it",
            ),
            (azure.api_key and azure.ad_token, "ad_token", "and api_key exclude each other"),
            (azure.api_key and not azure.endpoint, "api_key", "needs endpoint beside it"),
            (azure.ad_token and not azure.endpoint, "ad_token", "needs endpoint beside it"),
        )
        wrong = [(f"azure.{name}", f"azure.{name} {sentence}") for is_broken, name, sentence in rules if is_broken]
        if bool(self.github.app_id) is not bool(self.github.private_key):
            given, lacking = ("app_id", "private_key") if self.github.app_id else ("private_key", "app_id")
            wrong.append((f"github.{given}", f"github.{given} needs {lacking} beside it"))
        return tuple(wrong)
