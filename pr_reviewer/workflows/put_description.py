"""Write what /describe says: into the description, between our own markers, or as a comment."""

from dataclasses import dataclass
from typing import Protocol

from pr_reviewer.model.describing import Description
from pr_reviewer.model.errors import HeadMoved, ProviderUnavailable
from pr_reviewer.model.posting import PullText
from pr_reviewer.providers.base import DescriptionEditor, Labeler, Replier
from pr_reviewer.report.description import LEAST_ROOM, LONGEST_BODY, description_body
from pr_reviewer.report.links import Links
from pr_reviewer.report.splice import Unspliced, room_for, splice
from pr_reviewer.settings.schema.sections import DescribeSettings

KEY = "describe"
_TRIES = 5


class DescriptionPoster(DescriptionEditor, Labeler, Replier, Protocol):
    """What writing a description needs of a provider."""


@dataclass(frozen=True, slots=True)
class PutDescription:
    """Where it stands now. `why_comment` is the clause that says why it is a comment although it should not be one."""

    url: str
    why_comment: str = ""
    labels: tuple[str, ...] = ()


async def put_description(
    poster: DescriptionPoster, description: Description, settings: DescribeSettings, links: Links
) -> PutDescription:
    """Write it in place of what we wrote before; what the author wrote stays byte for byte.

    Where our block cannot be told from the author's text, or has no room, it becomes a comment that says why.
    Raises HeadMoved, with nothing written, where the head is another one by now, and ProviderUnavailable where somebody
    else edits the description all the time.
    """
    put = await _write(poster, description, settings, links)
    now = await poster.pull_text()
    there = {name.casefold() for name in now.labels}
    missing = [each for each in description.portrait.labels if each.casefold() not in there]
    if not (settings.apply_labels and missing):
        return put
    _require_head(now, description)
    await poster.add_labels(missing)
    return PutDescription(put.url, put.why_comment, tuple(missing))


async def _write(
    poster: DescriptionPoster, description: Description, settings: DescribeSettings, links: Links
) -> PutDescription:
    """Read, put in, and write if nobody else has written since; then read again, whether it is there."""
    for _ in range(_TRIES):
        now = await poster.pull_text()
        _require_head(now, description)
        if settings.as_comment:
            return await _comment(poster, description, now, links)
        text = _spliced(description, now, links)
        if isinstance(text, Unspliced):
            return await _comment(poster, description, now, links, text)
        if text == now.description:
            return PutDescription(now.url)
        await poster.replace_description(now.description, text)
    raise ProviderUnavailable(
        f"the description was edited by somebody else each of the {_TRIES} times that it should have been written",
        hint="Run /describe again when nobody is editing it.",
    )


def _spliced(description: Description, now: PullText, links: Links) -> str | Unspliced:
    room = room_for(now.description)
    if isinstance(room, Unspliced):
        return room
    if room < LEAST_ROOM:
        return Unspliced.FULL
    limit = min(room, LONGEST_BODY)
    return splice(now.description, description_body(description, links, current_title=now.title, limit=limit))


async def _comment(
    poster: DescriptionPoster, description: Description, now: PullText, links: Links, why: str = ""
) -> PutDescription:
    remark = f"This is not in the description, for {why}" if why else ""
    body = description_body(description, links, current_title=now.title, remark=remark)
    return PutDescription(await poster.reply(None, KEY, body), why)


def _require_head(now: PullText, description: Description) -> None:
    if now.head_sha != description.head_sha:
        raise HeadMoved(description.head_sha, now.head_sha)
