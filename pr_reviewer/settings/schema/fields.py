"""The kinds of values that settings have, and how each says that it is not set.

TOML has no null: a text is unset by "", anything else by "none".
"""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

NONE = "none"


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


EmptyIsUnset = BeforeValidator(_unset_text)
NoneIsUnset = BeforeValidator(_unset_word)

Text = Annotated[str, Field(min_length=1)]
OptionalText = Annotated[str | None, EmptyIsUnset]
OptionalSecret = Annotated[SecretStr | None, EmptyIsUnset]
OptionalUrl = Annotated[Annotated[str, AfterValidator(_url)] | None, EmptyIsUnset]
OptionalProxy = Annotated[Annotated[str, AfterValidator(_proxy)] | None, EmptyIsUnset]
PositiveInt = Annotated[int, Field(ge=1)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
