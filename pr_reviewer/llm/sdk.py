"""The openai SDK's client for an endpoint. Whatever is not given to it, it reads from the environment: all is given."""

from typing import TYPE_CHECKING

from pr_reviewer.llm.endpoint import Endpoint, Network, Timeouts
from pr_reviewer.llm.http import http_client

if TYPE_CHECKING:
    from openai import AsyncAzureOpenAI, AsyncOpenAI

_NO_CREDENTIAL = "none"  # the SDK insists on one; the HTTP client takes it off again


def sdk_client(endpoint: Endpoint, network: Network, timeouts: Timeouts) -> "AsyncOpenAI":
    """A client that never retries: our own policy does, with the time that the endpoint names."""
    from openai import AsyncOpenAI

    if endpoint.is_azure:
        return _azure_client(endpoint, network, timeouts)
    key = endpoint.api_key or _NO_CREDENTIAL
    return AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=key,
        admin_api_key="",
        max_retries=0,
        default_headers={"Authorization": f"Bearer {key}", **endpoint.headers},
        http_client=http_client(endpoint, network, timeouts),
    )


def _azure_client(endpoint: Endpoint, network: Network, timeouts: Timeouts) -> "AsyncAzureOpenAI":
    """The same for an Azure OpenAI resource; an Entra token goes before a key."""
    from openai import AsyncAzureOpenAI

    return AsyncAzureOpenAI(
        azure_endpoint=endpoint.base_url,
        api_version=endpoint.azure_api_version,
        azure_ad_token=endpoint.entra_token or None,
        api_key=None if endpoint.entra_token else endpoint.api_key or _NO_CREDENTIAL,
        admin_api_key="",
        max_retries=0,
        default_headers=dict(endpoint.headers),
        http_client=http_client(endpoint, network, timeouts),
    )
