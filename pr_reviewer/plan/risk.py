"""Which files deserve the model's attention first, and why.

What a file is for decides first: source, then build and deployment, tests, settings, and prose last. Among equals,
points decide: for what the path is about, for what the changed lines do, and for the size of the change.
"""

import re
from dataclasses import dataclass

from pr_reviewer.model.changes import FileDiff, FileStatus, LineKind
from pr_reviewer.plan.paths import Sort, sort_of, words_of

_TOPICS: tuple[tuple[str, int, frozenset[str]], ...] = tuple(
    (topic, points, frozenset(words.split()))
    for topic, points, words in (
        (
            "authentication and permissions",
            30,
            """acl auth authentication authn authorization authorize authz cors csrf jwt login logout oauth oidc passwd
            password permission permissions policies policy rbac role roles saml session sessions sso token tokens""",
        ),
        (
            "cryptography and secrets",
            30,
            """certificate certificates cipher crypt crypto decrypt encrypt encryption hash hashing hmac key keys
            keystore secret secrets signature signing ssl tls vault""",
        ),
        (
            "payments",
            30,
            """bill billing charge charges checkout invoice invoices ledger money payment payments price pricing refund
            refunds subscription subscriptions tax wallet""",
        ),
        ("migrations", 25, "alembic flyway liquibase migrate migration migrations schema schemas"),
        (
            "stored data",
            20,
            "dao database db orm queries query repositories repository sql transaction transactions",
        ),
        (
            "concurrency",
            20,
            """async atomic concurrency concurrent lock locking locks mutex pool queue queues scheduler sync thread
            threading threads worker workers""",
        ),
        (
            "outside input",
            15,
            """api apis controller controllers deserialize endpoint endpoints graphql grpc handler handlers middleware
            parser parse route router routes rpc serializer serializers upload uploads views webhook webhooks""",
        ),
        ("infrastructure", 10, "deploy deployment docker helm infra infrastructure kubernetes network terraform"),
    )
)
_DOINGS: tuple[tuple[str, int, frozenset[str]], ...] = tuple(
    (doing, points, frozenset(words.split()))
    for doing, points, words in (
        ("runs text as code or as a command", 15, "eval exec system popen Popen subprocess child_process getRuntime"),
        ("reads untrusted bytes as objects", 15, "pickle unserialize ObjectInputStream Marshal unsafe_load"),
        ("writes SQL", 15, "SELECT INSERT UPDATE DELETE ALTER DROP"),
        ("shares state between threads", 10, "Lock RLock Mutex RwLock synchronized volatile atomic chan"),
        ("deletes or overwrites", 10, "rmtree unlink removeSync rmSync RemoveAll truncate delete_all"),
        ("changes how errors are answered", 5, "except catch rescue recover panic unwrap finally"),
    )
)
_WORD = re.compile(r"[A-Za-z_]\w*")
_LONGEST = 300  # characters of a line that are looked at: a minified line tells nothing more
_LABELS = {
    Sort.SOURCE: "source",
    Sort.BUILD: "build and deployment",
    Sort.TEST: "test",
    Sort.SETTINGS: "settings",
    Sort.PROSE: "prose",
}


@dataclass(frozen=True, slots=True)
class Risk:
    """How soon a file is to be read. `reason` is a short phrase for people: `source; payments; 120 changed lines`."""

    sort: Sort
    points: int
    reason: str

    @property
    def key(self) -> tuple[int, int]:
        """Smaller is riskier."""
        return self.sort, -self.points


def risk_of(file: FileDiff) -> Risk:
    """The risk of one changed file; the same file always has the same."""
    sort = sort_of(file.path)
    found = [*_topics(file.path), *_doings(file)]
    size = file.added_lines + file.removed_lines
    points = sum(points for _, points in found) + _size_points(size)
    if file.status is FileStatus.DELETED:
        points //= 2
    reason = "; ".join([_LABELS[sort], *(name for name, _ in found), f"{size} changed line{'' if size == 1 else 's'}"])
    return Risk(sort, points, reason)


def _topics(path: str) -> list[tuple[str, int]]:
    words = frozenset(words_of(path))
    return [(topic, points) for topic, points, known in _TOPICS if not known.isdisjoint(words)]


def _doings(file: FileDiff) -> list[tuple[str, int]]:
    """What the changed lines do, each doing once however many lines do it."""
    lines = (line for hunk in file.hunks for line in hunk.lines if line.kind is not LineKind.CONTEXT)
    words = frozenset(_WORD.findall("\n".join(line.text[:_LONGEST] for line in lines)))
    return [(doing, points) for doing, points, known in _DOINGS if not known.isdisjoint(words)]


def _size_points(size: int) -> int:
    """Two points for each doubling: size matters, but never more than what the code is about."""
    return 2 * size.bit_length()
