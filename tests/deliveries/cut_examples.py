"""Cut GitHub's recorded webhook payloads down to those that the tests send.

    npm pack @octokit/webhooks-examples && tar xzf octokit-webhooks-examples-*.tgz
    python cut_examples.py package

Writes `api.github.com.jsonl` and `ghes.jsonl` beside this script: one line for each payload, `{"event": …, "body": …}`.
Of events that the server reads, every payload is kept; of each other event, the first, and none of the Enterprise
Server's. Nothing inside a payload is changed.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SOURCES = {"api.github.com.jsonl": "api.github.com", "ghes.jsonl": "ghes-35"}
READ = frozenset(
    {
        "check_run",
        "check_suite",
        "installation",
        "installation_repositories",
        "issue_comment",
        "merge_group",
        "ping",
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
        "repository",
    }
)


def kept(examples: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One line each."""
    for entry in examples:
        bodies = entry["examples"] if entry["name"] in READ else entry["examples"][:1]
        yield from ({"event": entry["name"], "body": body} for body in bodies)


def main() -> None:
    """Write both files."""
    for target, source in SOURCES.items():
        examples = json.loads(Path(sys.argv[1], source, "index.json").read_text(encoding="utf-8"))
        wanted = [entry for entry in examples if source == "api.github.com" or entry["name"] in READ]
        lines = [json.dumps(each, separators=(",", ":")) for each in kept(wanted)]
        (FOLDER / target).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
