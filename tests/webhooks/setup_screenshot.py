"""Takes the picture of the set-up page for the documentation: `python -m tests.webhooks.setup_screenshot FILE`.

Needs Chromium. A script, not a test: somebody has to look.
"""

import sys
import tempfile
from pathlib import Path

from tests.webhooks.browser import browsing
from tests.webhooks.setup_process import setting_up


def main(path: Path) -> None:
    """The second page, filled in for GitHub.com; nothing is sent there."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        with setting_up(scratch, "--no-serve") as setup, browsing(scratch) as browser:
            browser.look_as(width=820)
            browser.open(setup.link)
            told = {"url": "https://reviews.example.com", "organisation": "octo-org", "name": "octo-org reviewer"}
            for name, text in told.items():
                browser.type(f"#{name}", text)
            browser.click("button[type=submit]")
            browser.picture(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
