"""Addresses and secrets."""

import pytest

from pr_reviewer.llm.endpoint import Endpoint, Network, redact, secrets_of
from pr_reviewer.model.errors import SettingsError


@pytest.mark.parametrize(
    "url", ["", "api.openai.com/v1", "ftp://host/v1", "http://", "http://host:port/v1", "http://[::1"]
)
def test_what_is_no_address_is_a_settings_error(url: str) -> None:
    with pytest.raises(SettingsError, match="not an http"):
        Endpoint(url)


def test_credentials_in_the_address_are_refused_without_showing_them() -> None:
    with pytest.raises(SettingsError, match="carries credentials") as caught:
        Endpoint("https://user:hunter22@host/v1")
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    "fields", [{"api_key": "sk-secret\n"}, {"entra_token": "tökën"}, {"headers": {"X-Key": "secret\r\nX: y"}}]
)
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(fields: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="no HTTP header can carry") as caught:
        Endpoint("https://host/v1", **fields)  # type: ignore[arg-type]
    assert "secret" not in caught.value.message


def test_a_host_is_named_without_anything_else() -> None:
    assert Endpoint("https://host:8443/v1?x=1").host == "host:8443"


def test_secrets_are_neither_shown_nor_kept_in_texts() -> None:
    endpoint = Endpoint("https://host/v1", api_key="sk-12345", entra_token="sk-1234567", headers={"X": "gateway-key"})
    network = Network(https_proxy="http://user:proxy-pass@proxy:3128")
    secrets = secrets_of(endpoint, network)
    assert "sk-" not in repr(endpoint)
    assert "proxy-pass" not in repr(network)
    assert redact("sk-1234567 sk-12345 gateway-key proxy-pass", secrets) == " ".join(["[redacted]"] * 4)


@pytest.mark.parametrize(
    "proxy", ["user:proxy%2Dpass@proxy:3128", "http://user:proxy-pass@[broken", "http://:proxy-pass@p"]
)
def test_a_proxys_password_is_known_however_it_is_written(proxy: str) -> None:
    assert redact("proxy-pass", secrets_of(Endpoint(), Network(proxy))) == "[redacted]"


def test_a_key_that_is_a_word_does_not_blot_out_words() -> None:
    assert redact("none of it", secrets_of(Endpoint("http://host/v1", api_key="none"), Network())) == "none of it"
