"""The kinds of values that settings have, and how each says that it is not set.

TOML has no null: a text is unset by "", anything else by "none".
"""

import json
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

NONE = "none"

_PROJECT = re.compile(r"(\{owner\}|[\w.-]+)/[\w.-]+", re.ASCII)


def _unset_text(value: object) -> object:
    return None if value == "" else value


def _unset_word(value: object) -> object:
    return None if value == NONE else value


def _url(value: str) -> str:
    """An endpoint's address, without a slash at its end."""
    if _scheme_and_host(value) and urlsplit(value).scheme in {"http", "https"}:
        return value.rstrip("/")
    raise ValueError("an http:// or https:// address")


def _proxy(value: str) -> str:
    """A proxy's address; `host:port` alone means http, as curl has it."""
    address = value if "://" in value else f"http://{value}"
    if _scheme_and_host(address) and urlsplit(address).scheme in {"http", "https", "socks5", "socks5h"}:
        return address
    raise ValueError("the address of a proxy (http://, https://, socks5:// or socks5h://)")


def _scheme_and_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.scheme and parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _listed_secrets(value: object) -> object:
    """A list of secrets as one text, so that it stays a secret as a whole; `secrets_of` reads it again."""
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return json.dumps(value) if value else ""
    return value


def _some_secrets(value: SecretStr | None) -> SecretStr | None:
    if not all(each.strip() for each in secrets_of(value)):
        raise ValueError("a text, or a JSON list of texts that are not empty")
    return value


def secrets_of(value: SecretStr | None) -> tuple[str, ...]:
    """The secrets of a setting that takes one, or a JSON list of several. Raises ValueError for a broken list."""
    text = value.get_secret_value() if value else ""
    if not text.lstrip().startswith("["):
        return (text,) if text else ()
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise ValueError("a text, or a JSON list of texts")
    return tuple(listed)


def _project(value: str) -> str:
    """A repository's name; `{owner}` stands for the owner of the repository under review."""
    if _PROJECT.fullmatch(value) and not {".", ".."} & set(value.split("/")):
        return value
    raise ValueError('the name of a repository, such as "octo/rules" or "{owner}/.pr-reviewer"')


def _absolute(value: str) -> str:
    """A folder that is the same from wherever we are called: a relative one could lie in what is under review."""
    if value.startswith(("/", "~/")):
        return value
    raise ValueError("the absolute path of a folder")


EmptyIsUnset = BeforeValidator(_unset_text)
NoneIsUnset = BeforeValidator(_unset_word)

Text = Annotated[str, Field(min_length=1)]
OptionalText = Annotated[str | None, EmptyIsUnset]
OptionalSecret = Annotated[SecretStr | None, EmptyIsUnset]
OptionalSecrets = Annotated[
    SecretStr | None, BeforeValidator(_listed_secrets), EmptyIsUnset, AfterValidator(_some_secrets)
]
OptionalProject = Annotated[Annotated[str, AfterValidator(_project)] | None, EmptyIsUnset, NoneIsUnset]
OptionalFolder = Annotated[Annotated[str, AfterValidator(_absolute)] | None, EmptyIsUnset]
OptionalUrl = Annotated[Annotated[str, AfterValidator(_url)] | None, EmptyIsUnset]
OptionalProxy = Annotated[Annotated[str, AfterValidator(_proxy)] | None, EmptyIsUnset]
PositiveInt = Annotated[int, Field(ge=1)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
SomeSeconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
