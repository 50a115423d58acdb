"""A delivery as it is kept, and what it is about."""

from dataclasses import dataclass

from pr_reviewer.model.events import (
    Commented,
    Event,
    Ignored,
    InstallationChanged,
    MergeGroup,
    Ping,
    RepositoriesChanged,
    Rerequested,
    Scene,
)
from webhooks.reading import read_event


@dataclass(frozen=True, slots=True)
class Delivery:
    """A verified and readable delivery. `id` is the provider's, the same for every try; `kind` names its Event."""

    provider: str
    id: str
    event: str
    kind: str
    body: bytes
    received_at: float
    installation: int | None = None

    @property
    def job(self) -> str:
        """The id of the job that it becomes: the same for every try, known before there is a job."""
        return f"{self.provider}-{self.id}"


def delivery_id(job: str) -> str:
    """The provider's id of the delivery that has this job id."""
    return job.partition("-")[2]


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery out of the inbox. `number` is its place there, `attempts` how often it was handed over in vain."""

    number: int
    delivery: Delivery
    attempts: int = 0

    @property
    def job(self) -> str:
        """The delivery's own."""
        return self.delivery.job

    async def read_event(self) -> Event:
        """What it says. It was readable when it came; a newer release may find it Ignored, or raise Malformed."""
        return await read_event(self.delivery.event, self.delivery.body)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about, as far as it says. `owner` is whose repository or installation it is."""

    owner: str = ""
    installation: int | None = None
    pull: str = ""
    head: str = ""


def subject_of(event: Event) -> Subject:
    """For log lines, and for the question whether its owner is served."""
    match event:
        case Ping() | Ignored():
            return Subject()
        case InstallationChanged() | RepositoriesChanged():
            return Subject(event.account.login, event.installation)
        case Commented():
            return _in_scene(event.scene, number=event.ref.number)
        case MergeGroup():
            return _in_scene(event.scene, head=event.head.sha)
        case Rerequested():
            return _in_scene(event.scene, head=event.head_sha)
    pull = getattr(event, "pull", None)
    return _in_scene(event.scene, number=pull.ref.number, head=pull.head.sha) if pull else _in_scene(event.scene)


def _in_scene(scene: Scene, *, number: int = 0, head: str = "") -> Subject:
    project = scene.repository.project
    return Subject(scene.repository.owner, scene.installation, f"{project}#{number}" if number else project, head)
