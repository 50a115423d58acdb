"""Deliveries about the App's installations and their repositories → Event. Pure."""

from collections.abc import Mapping

from pr_reviewer.model.events import (
    Event,
    InstallationChange,
    InstallationChanged,
    RepositoriesChanged,
    RepositoryDeleted,
    RepositoryMoved,
)
from webhooks import github_payloads as payloads
from webhooks.github_parts import account_of, host_of, owner_of, repositories_of, scene_of
from webhooks.strict_json import Malformed


def installation(payload: Mapping[str, object]) -> Event:
    """`installation`: the App came, went, was suspended or given other permissions."""
    event = payloads.InstallationEvent.model_validate(payload)
    given = event.installation
    return InstallationChanged(
        host_of(given.account.html_url),
        given.id,
        owner_of(given.account),
        account_of(event.sender),
        InstallationChange(str(payload["action"])),
    )


def repositories_changed(payload: Mapping[str, object]) -> Event:
    """`installation_repositories`."""
    event = payloads.InstallationRepositoriesEvent.model_validate(payload)
    given = event.installation
    return RepositoriesChanged(
        host_of(given.account.html_url),
        given.id,
        owner_of(given.account),
        account_of(event.sender),
        removed=repositories_of(event.repositories_removed),
    )


def renamed(payload: Mapping[str, object]) -> Event:
    """`repository`, renamed within its owner."""
    event = payloads.RenamedEvent.model_validate(payload)
    scene = scene_of(event)
    return RepositoryMoved(scene, f"{scene.repository.owner}/{event.changes.repository.name.from_}")


def transferred(payload: Mapping[str, object]) -> Event:
    """`repository`, given to another owner."""
    event = payloads.TransferredEvent.model_validate(payload)
    scene = scene_of(event)
    former = event.changes.owner.from_.user or event.changes.owner.from_.organization
    if former is None:
        raise Malformed("not a payload of repository: nobody owned it before")
    return RepositoryMoved(scene, f"{former.login}/{scene.repository.project.partition('/')[2]}")


def deleted(payload: Mapping[str, object]) -> Event:
    """`repository`, gone."""
    return RepositoryDeleted(scene_of(payloads.Happened.model_validate(payload)))
