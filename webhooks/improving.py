"""/improve as a job: suggestions as one review, and a summary of all, recorded, fenced and capped."""

from pr_reviewer import bootstrap
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.improvements import Improved
from pr_reviewer.model.review import Conclusion
from pr_reviewer.workflows.publish_improvements import improve_and_publish
from webhooks.desks import lost, open_desk_of, purse_of, skip_of
from webhooks.ending import Ended
from webhooks.jobs import JobState
from webhooks.workshop import Work


async def improve_pull(work: Work) -> Ended:
    """Post suggestions that do not stand yet. The check is the review's, and stays as it is."""
    settings, bench = work.settings, work.bench
    purse = purse_of(work)
    if (refusal := await purse.refusal()) is not None:
        return Ended(JobState.SKIPPED, refusal)
    try:
        async with open_desk_of(work, purse) as desk:
            improved, published = await improve_and_publish(
                bench.writer,
                bench.pull,
                desk,
                settings.review,
                settings.improve,
                skip=skip_of(work),
                terms=bootstrap.publishing_terms(settings),
            )
    except ModelError as error:
        return lost(work, error)
    return _ended(improved, published.summary_url)


def _ended(improved: Improved, url: str) -> Ended:
    review = improved.improvements.review
    if review.conclusion is Conclusion.FAILED:
        return Ended(JobState.FAILED, next(iter(review.failures), "no model call was answered"), url)
    return Ended(JobState.DONE, url=url)
