"""Writes the table of docs/improve.md anew."""

import asyncio
from pathlib import Path

from tests.applied.generator import cases
from tests.applied.running import posted
from tests.applied.tally import BEGIN, END, Ended, table
from tests.workflows.builders import desk

DOCS = Path(__file__).parents[2] / "docs" / "improve.md"


async def _all() -> list[Ended]:
    async with desk({}, {}, None, rules=()) as here:
        return [Ended.of(case, await posted(case, here)) for case in cases()]


if __name__ == "__main__":
    text = DOCS.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    DOCS.write_text(f"{before}{BEGIN}\n{table(asyncio.run(_all()))}\n{END}{rest.partition(END)[2]}", "utf-8")
