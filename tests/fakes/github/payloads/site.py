"""Where the stand-in can be reached, and which edition of GitHub it plays."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """`web` is the origin of pages and git, `api` of REST (`/api/v3` on GHES), `version` GHES's own or empty."""

    web: str
    api: str
    version: str = ""

    @property
    def is_enterprise(self) -> bool:
        return bool(self.version)

    @property
    def graphql(self) -> str:
        return f"{self.web}/api/graphql" if self.is_enterprise else f"{self.api}/graphql"
