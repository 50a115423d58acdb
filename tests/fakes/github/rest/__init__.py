"""The answers of the REST API, by topic. Importing a topic registers its routes."""


def load() -> None:
    from tests.fakes.github.rest import (  # noqa: F401 imported for their routes
        apps,
        checks,
        comments,
        issues,
        meta,
        pulls,
        reactions,
        repositories,
        reviews,
    )
