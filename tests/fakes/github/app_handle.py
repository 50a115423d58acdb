"""An App as tests hold it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

from tests.fakes.github.git_store import Content
from tests.fakes.github.handles import RepositoryHandle
from tests.fakes.github.state import (
    App,
    Installation,
)
from tests.fakes.github.world import World

Files = Mapping[str, Content]


@dataclass(frozen=True)
class AppHandle:
    """An App: `install` it, and sign as it."""

    world: World
    record: App

    @property
    def id(self) -> int:
        return self.record.id

    @property
    def private_key(self) -> str:
        return self.record.private_key

    def install(
        self,
        owner: str,
        repositories: Sequence[RepositoryHandle] | None = None,
        permissions: Mapping[str, str] | None = None,
    ) -> Installation:
        """On all of the owner's repositories (None) or on some; `permissions` when fewer than the App's own."""
        granted = {"metadata": "read", **(self.record.permissions if permissions is None else permissions)}
        made = Installation(**self.world.new(), app=self.record, account=self.world.account(owner), permissions=granted)
        made.repositories = None if repositories is None else [found.record for found in repositories]
        self.record.installations.append(made)
        return made

    def suspend(self, installation: Installation) -> None:
        installation.suspended_at = self.world.stamp()

    def resume(self, installation: Installation) -> None:
        installation.suspended_at = None

    def uninstall(self, installation: Installation) -> None:
        """Its tokens die with it."""
        installation.removed = True
        for token in self.world.tokens.values():
            token.revoked = token.revoked or token.installation is installation

    def jwt(self, **claims: Any) -> str:
        """A token as the App itself would sign it; `claims` change what stands in it."""
        now = int(self.world.now())
        body = {"iat": now - 60, "exp": now + 540, "iss": str(self.id)} | claims
        return jwt.encode(body, self.private_key, algorithm="RS256")
