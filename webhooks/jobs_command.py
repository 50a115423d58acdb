"""`pr-reviewer jobs`: what the server has done, what failed, and doing that again."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from pr_reviewer.cli.exits import Exit
from pr_reviewer.model.errors import UsageError

if TYPE_CHECKING:
    from webhooks.jobs import Job, Jobs


@click.group(short_help="List what the server has done, and try again what failed.")
def jobs() -> None:
    """Read the server's database; the server may run meanwhile."""


@jobs.command("list")
@click.option("--failed", is_flag=True, help="Only those that failed for good.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Most jobs to list.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_jobs(failed: bool, limit: int, as_json: bool) -> int:
    """List the newest jobs."""
    found = asyncio.run(_listed(failed=failed, limit=limit))
    if as_json:
        click.echo(json.dumps([_told(job) for job in found], indent=2))
        return Exit.DONE
    for job in found:
        click.echo(_line(job))
    if not found:
        click.echo("There are none.", err=True)
    return Exit.DONE


@jobs.command()
@click.argument("id_", metavar="ID")
def show(id_: str) -> int:
    """Print all that is known of one job, as JSON."""
    click.echo(json.dumps(_told(asyncio.run(_one(id_))), indent=2))
    return Exit.DONE


@jobs.command()
@click.argument("id_", metavar="ID")
def retry(id_: str) -> int:
    """Queue a failed job again; a running server or worker takes it up within seconds.

    What it has asked and posted already is not asked or posted again.
    """
    job = asyncio.run(_retried(id_))
    click.echo(f"Queued: {_line(job)}")
    return Exit.DONE


@asynccontextmanager
async def _opened() -> AsyncIterator["Jobs"]:
    from pr_reviewer.settings.load import load_settings
    from webhooks.jobs import Jobs
    from webhooks.store import Store
    from webhooks.working import store_url

    store = await Store.open(store_url(load_settings(os.environ).settings.server, os.environ))
    try:
        yield Jobs(store)
    finally:
        await store.close()


async def _listed(*, failed: bool, limit: int) -> tuple["Job", ...]:
    from webhooks.jobs import JobState

    async with _opened() as record:
        return await record.listed(JobState.FAILED if failed else None, limit)


async def _one(id_: str) -> "Job":
    async with _opened() as record:
        return await _found(record, id_)


async def _retried(id_: str) -> "Job":
    async with _opened() as record:
        job = await _found(record, id_)
        again = await record.retry(job.id)
        if again is None:
            raise UsageError(f"the job {id_} is {job.state}", hint="Only a job that failed can be tried again.")
        return again


async def _found(record: "Jobs", id_: str) -> "Job":
    try:
        return await record.get(id_)
    except KeyError:
        hint = "`pr-reviewer jobs list` lists those that there are."
        raise UsageError(f"there is no job {id_}", hint=hint) from None


def _told(job: "Job") -> dict[str, Any]:
    from webhooks.jobs import trigger_to_json

    return {**asdict(job), "waits_for": _waits_for(job), "trigger": json.loads(trigger_to_json(job.trigger))}


def _line(job: "Job") -> str:
    from pr_reviewer.report.characters import visible

    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(job.accepted_at))
    reason = f"  {told}" if (told := job.reason or _waits_for(job)) else ""
    return " ".join(visible(f"{at}  {job.state:<10}  {job.id}  {job.title}{reason}").split("\n"))


def _waits_for(job: "Job") -> str:
    """Why it has not begun; "" where it has."""
    if not job.is_waiting:
        return ""
    if job.due_at is not None and job.due_at > time.time():
        return time.strftime("waits until %H:%M:%S", time.localtime(job.due_at))
    return f"waits: {job.held.meaning}" if job.held else "waits for its turn"
