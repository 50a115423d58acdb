"""What every log line of a job tells: which job, delivery, pull request and head it is about, as far as is known."""

from pr_reviewer.model.pull import PullRequestRef
from pr_reviewer.model.triggers import AnswerMergeGroup, Cancel, RunAgain, RunAutomatic, RunCommanded
from webhooks.deliveries import delivery_id
from webhooks.jobs import Job


def of_job(job: Job) -> dict[str, str]:
    """For structlog's context. The head is the event's; what works on the pull request binds the one that it found."""
    context = {"job": job.id, "delivery": delivery_id(job.delivery), "what": job.title}
    match job.trigger:
        case RunAutomatic(pull=pull):
            context |= {"pull": _name(pull.ref), "head": pull.head.sha}
        case RunCommanded(ref=ref) | Cancel(ref=ref):
            context |= {"pull": _name(ref)}
        case RunAgain(head_sha=head) | AnswerMergeGroup(head_sha=head):
            context |= {"head": head}
            if isinstance(job.trigger, RunAgain) and job.trigger.numbers:
                context |= {"pull": f"{job.trigger.scene.repository.project}#{job.trigger.numbers[0]}"}
    return context


def _name(ref: PullRequestRef) -> str:
    return f"{ref.project}#{ref.number}"
