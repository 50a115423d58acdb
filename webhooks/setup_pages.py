"""The set-up pages as HTML: templates, one style sheet inside the page, and the headers that hold browsers to that.

Nothing is loaded from anywhere, and there is no script: the pages work without a network, and with JavaScript off.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse

_FOLDER = Path(__file__).parent / "templates"


def page(
    template: str, told: Mapping[str, object], *, status: int = 200, form_targets: Sequence[str] = ()
) -> HTMLResponse:
    """A page. Forms on it go to ourselves, and to `form_targets` (`https://github.com`), and nowhere else."""
    text = _environment().get_template(template).render(style=_style(), **told)
    return HTMLResponse(text, status, headers=headers(form_targets))


def headers(form_targets: Sequence[str] = ()) -> dict[str, str]:
    """What every answer of the set-up carries. Only pages of our own are told which page sent somebody to them."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "img-src": "data:",
        "form-action": " ".join(["'self'", *form_targets]),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


@cache
def _style() -> str:
    return (_FOLDER / "setup.css").read_text(encoding="utf-8")


@cache
def _environment() -> Any:  # noqa: ANN401 jinja2 is imported where it is used
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
