"""The App that `pr-reviewer setup` made, as it lies in `server.data_dir`: what is written there, and read from there.

Its values are an operator's, beneath the environment and the operator's file: whoever sets `github.app_id` themselves
means another App, and nothing of this one is used then.
"""

import json
import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pr_reviewer.model.errors import ReviewerError, SettingsError
from pr_reviewer.providers.github.address import PUBLIC_SERVER, Site
from pr_reviewer.providers.github.hooks import NewApp
from pr_reviewer.settings.load import load_settings
from pr_reviewer.settings.schema.keys import keys
from pr_reviewer.settings.schema.sections import GitHubSettings
from webhooks.stores import data_folder

FILE = "github-app.toml"
_NAMES = ("app_id", "private_key", "webhook_secret", "server_url")
_REQUIRED = frozenset({"app_id", "private_key", "webhook_secret"})
_HEAD = """\
# The GitHub App {slug}, made by `pr-reviewer setup`. Whoever reads this file can act as the App: keep it to yourself.
# Settings of the environment go before it. How its secret and its key are replaced: docs/setup.md.
"""


def with_stored_app(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, with what the stored App says of settings that are not set. Raises SettingsError."""
    settings = load_settings(environ).settings
    path = data_folder(settings.server, environ) / FILE
    stored = _read(path)
    if stored is None or settings.github.app_id:
        return environ
    _require_same_site(settings.github, stored.get("server_url", PUBLIC_SERVER), path)
    missing = [name for name in stored if getattr(settings.github, name) is None]
    return {**environ, **{keys()[f"github.{name}"].variable: stored[name] for name in missing}}


def as_environment(app: NewApp, server: str) -> Mapping[str, str]:
    """The variables that set the App; each value is one line."""
    told = {name: value.replace("\n", "\\n") for name, value in _values(app, server).items()}
    return {keys()[f"github.{name}"].variable: value for name, value in told.items()}


def require_room(folder: Path, *, replace: bool) -> None:
    """Raises ReviewerError where an App could not be stored: it is better known before there is one."""
    if not replace and (folder / FILE).exists():
        raise _taken(folder / FILE)
    trial = folder / f".{FILE}.{secrets.token_hex(8)}"
    try:
        _write(trial, "")
        trial.unlink()
    except OSError as exc:
        raise _unwritable(folder, exc) from None


def store(app: NewApp, server: str, folder: Path, *, replace: bool) -> Path:
    """Write the App down, whole or not at all, readable for its owner alone; the file. Raises ReviewerError.

    A file that is there stays as it is, unless it is to be replaced.
    """
    path, made = folder / FILE, folder / f".{FILE}.{secrets.token_hex(8)}"
    try:
        _write(made, _text(app, server))
        try:
            _put_in_place(made, path, replace=replace)
        finally:
            made.unlink(missing_ok=True)
        _sync(folder)
    except OSError as exc:
        raise _unwritable(folder, exc) from None
    return path


def _values(app: NewApp, server: str) -> dict[str, str]:
    told = {"app_id": app.id, "private_key": app.private_key.strip() + "\n", "webhook_secret": app.webhook_secret}
    return told if server == PUBLIC_SERVER else {**told, "server_url": server}


def _text(app: NewApp, server: str) -> str:
    """JSON's texts are TOML's too, as long as they are ASCII; what GitHub makes is."""
    values = _values(app, server)
    key = f"'''\n{values.pop('private_key')}'''"
    lines = [*(f"{name} = {json.dumps(value)}" for name, value in values.items()), f"private_key = {key}"]
    text = "\n".join([_HEAD.format(slug=app.slug.encode("ascii", "replace").decode()), "[github]", *lines, ""])
    if tomllib.loads(text)["github"] != _values(app, server):
        raise ReviewerError("GitHub's credentials are of no form that can be stored", hint="Run setup with --print.")
    return text


def _read(path: Path) -> Mapping[str, str] | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is no text"
        raise SettingsError(f"{path} cannot be read: {reason}", hint="It holds the GitHub App's credentials.") from None
    try:
        values = tomllib.loads(text)["github"]
        found = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError):
        found = {}
    if not found.keys() >= _REQUIRED or not found.keys() <= set(_NAMES):
        raise SettingsError(
            f"{path} is not as it was stored: [github] has {', '.join(_NAMES)}",
            hint="Restore it, or make a new App with pr-reviewer setup --replace.",
        )
    return found


def _require_same_site(github: GitHubSettings, server: str, path: Path) -> None:
    """The App's key signs for one GitHub; what it signs is not to be shown to another one."""
    if not (github.server_url or github.api_url):
        return
    configured = Site.of(github.server_url or "", github.api_url or "").server_url
    if configured != server:
        raise SettingsError(
            f"the App in {path} is one of {server}, but the configured GitHub is {configured}",
            hint="Leave github.server_url and github.api_url unset, or set up an App there (--replace).",
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(made: Path, path: Path, *, replace: bool) -> None:
    if replace:
        made.replace(path)
        return
    try:
        os.link(made, path)
    except FileExistsError:
        raise _taken(path) from None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _taken(path: Path) -> ReviewerError:
    return SettingsError(
        f"there is an App already: {path}",
        hint="`pr-reviewer serve` works as it. To put another App in its place: pr-reviewer setup --replace.",
    )


def _unwritable(folder: Path, exc: OSError) -> ReviewerError:
    return ReviewerError(
        f"nothing can be stored in {folder}: {exc.strerror or exc}",
        hint="Make the folder writable, name another one in server.data_dir, or run setup with --print.",
    )
