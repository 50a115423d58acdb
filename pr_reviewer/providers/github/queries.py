"""What is asked and written by GraphQL. Tests check each text against GitHub's own schema.

The numbers by which the API knows comments are read from their addresses: GitHub is taking `databaseId` away, which has
32 bits, and not every Enterprise Server knows `fullDatabaseId`.
"""

_PAGE = 100

_THREADS = f"""
    reviewThreads(first: {_PAGE}, after: $threadsAfter) @include(if: $withThreads) {{
      nodes {{
        id isResolved isOutdated path line startLine
        comments(first: 1) {{ totalCount nodes {{ url state body author {{ __typename login }} }} }}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}"""

_COMMENTS = f"""
    comments(first: {_PAGE}, after: $commentsAfter) @include(if: $withComments) {{
      nodes {{ body url author {{ __typename login }} }}
      pageInfo {{ hasNextPage endCursor }}
    }}"""

_PENDING = f"""
    reviews(states: [PENDING], first: 10) {{
      nodes {{
        id body commit {{ oid }}
        author {{ __typename login }}
        comments(first: {_PAGE}) {{ totalCount nodes {{ body }} }}
      }}
    }}"""

# Whether a check run of ours stands: most often none does, and then nobody has to look for one.
_CHECKS = """
    commits(last: 1) @include(if: $withChecks) {
      nodes {
        commit {
          oid
          checkSuites(first: 20, filterBy: {checkName: $check}) {
            nodes {
              checkRuns(first: 20, filterBy: {checkName: $check, checkType: ALL}) {
                nodes { externalId }
                pageInfo { hasNextPage }
              }
            }
            pageInfo { hasNextPage }
          }
        }
      }
    }"""

_VARIABLES = """($owner: String!, $name: String!, $number: Int!, $withThreads: Boolean!, $withComments: Boolean!,
  $threadsAfter: String, $commentsAfter: String"""

STANDING = f"""query Standing{_VARIABLES}) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
    id headRefOid{_PENDING}{_THREADS}{_COMMENTS}
    }}
  }}
}}"""

PULL = f"""query Pull{_VARIABLES}, $withChecks: Boolean!, $check: String!) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    databaseId nameWithOwner
    pullRequest(number: $number) {{
    id title body state isDraft isCrossRepository author {{ login }}
    headRefName headRefOid baseRefName baseRefOid baseRef {{ target {{ oid }} }}
    labels(first: {_PAGE}) {{ nodes {{ name }} }}{_PENDING}{_THREADS}{_COMMENTS}{_CHECKS}
    }}
  }}
}}"""

START_REVIEW = """mutation Start($pull: ID!, $commit: GitObjectID!, $body: String!) {
  addPullRequestReview(input: {pullRequestId: $pull, commitOID: $commit, body: $body}) {
    pullRequestReview { id url }
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

# Over REST, a review takes none. GitHub keeps one of a kind for each account.
REACT = """mutation React($subject: ID!, $content: ReactionContent!) {
  addReaction(input: {subjectId: $subject, content: $content}) { subject { id } }
}"""


def add_threads(count: int) -> str:
    """A mutation that adds so many threads, one after the other; the answers stand under `t0`, `t1` and so on."""
    inputs = ", ".join(f"$i{number}: AddPullRequestReviewThreadInput!" for number in range(count))
    fields = (
        f"  t{number}: addPullRequestReviewThread(input: $i{number}) {{ thread {{ id }} }}" for number in range(count)
    )
    return f"mutation Add({inputs}) {{\n" + "\n".join(fields) + "\n}"
