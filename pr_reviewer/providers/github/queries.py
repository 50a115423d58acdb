"""What is asked and written by GraphQL. Tests check each text against GitHub's own schema."""

_PAGE = 100

_THREADS = f"""
    reviewThreads(first: {_PAGE}, after: $threadsAfter) @include(if: $withThreads) {{
      nodes {{
        id isResolved isOutdated path
        comments(first: 1) {{ totalCount nodes {{ databaseId state body author {{ __typename login }} }} }}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}"""

_COMMENTS = f"""
    comments(first: {_PAGE}, after: $commentsAfter) @include(if: $withComments) {{
      nodes {{ databaseId body url author {{ __typename login }} }}
      pageInfo {{ hasNextPage endCursor }}
    }}"""

_PENDING = f"""
    reviews(states: [PENDING], first: 10) {{
      nodes {{
        id databaseId body commit {{ oid }}
        author {{ __typename login }}
        comments(first: {_PAGE}) {{ totalCount nodes {{ body }} }}
      }}
    }}"""

_VARIABLES = """($owner: String!, $name: String!, $number: Int!, $withThreads: Boolean!, $withComments: Boolean!,
  $threadsAfter: String, $commentsAfter: String)"""

STANDING = f"""query Standing{_VARIABLES} {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
    id headRefOid{_PENDING}{_THREADS}{_COMMENTS}
    }}
  }}
}}"""

PULL = f"""query Pull{_VARIABLES} {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    databaseId nameWithOwner
    pullRequest(number: $number) {{
    id title body state isDraft isCrossRepository author {{ login }}
    headRefName headRefOid baseRefName baseRefOid baseRef {{ target {{ oid }} }}
    labels(first: {_PAGE}) {{ nodes {{ name }} }}{_PENDING}{_THREADS}{_COMMENTS}
    }}
  }}
}}"""

START_REVIEW = """mutation Start($pull: ID!, $commit: GitObjectID!, $body: String!) {
  addPullRequestReview(input: {pullRequestId: $pull, commitOID: $commit, body: $body}) {
    pullRequestReview { id databaseId url }
  }
}"""

SUBMIT_REVIEW = """mutation Submit($review: ID!, $body: String!) {
  submitPullRequestReview(input: {pullRequestReviewId: $review, event: COMMENT, body: $body}) {
    pullRequestReview { id url }
  }
}"""

DELETE_REVIEW = """mutation Delete($review: ID!) {
  deletePullRequestReview(input: {pullRequestReviewId: $review}) { pullRequestReview { id } }
}"""


def add_threads(count: int) -> str:
    """A mutation that adds so many threads, one after the other; the answers stand under `t0`, `t1` and so on."""
    inputs = ", ".join(f"$i{number}: AddPullRequestReviewThreadInput!" for number in range(count))
    fields = (
        f"  t{number}: addPullRequestReviewThread(input: $i{number}) {{ thread {{ id }} }}" for number in range(count)
    )
    return f"mutation Add({inputs}) {{\n" + "\n".join(fields) + "\n}"
