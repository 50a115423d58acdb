"""A whole review against an endpoint on loopback: what a model says is held against the change before it is shown."""

import json
import re
import secrets
import ssl
from pathlib import Path

import pytest
import trustme

from tests.e2e.conftest import Repo, Run
from tests.e2e.models import NOTHING, candidates_of, confirming, finding, task_of, verdict
from tests.fakes.model_replies import CONTEXT_TOO_LONG, Completion, Hang, Raw, Reset, error, rate_limited
from tests.fakes.model_server import ModelRequest, ModelServer

pytestmark = pytest.mark.e2e

BEFORE = """def total(items):
    amount = 0
    for item in items:
        amount += item.price
    return amount


def mean(items):
    return total(items) / len(items)
"""
AFTER = """def total(items, discount):
    amount = 0
    for item in items:
        amount += item.price
    return amount / discount


def mean(items):
    return total(items, 1) / len(items)


def largest(items):
    return max(items)
"""
DIVISION = finding("shop.py", "    return amount / discount", title="A discount of 0 divides by zero")


@pytest.fixture
def work(repo: Repo) -> Repo:
    repo.commit({"shop.py": BEFORE}, "start")
    repo.branch("work")
    repo.commit({"shop.py": AFTER}, "Discounts")
    return repo


def env_of(server: ModelServer, **more: str) -> dict[str, str]:
    return {"OPENAI_API_KEY": "sk-test-key", "OPENAI_BASE_URL": server.url} | more


def review(run: Run, repo: Repo, server: ModelServer, *arguments: str, **more: str):
    return run("review", "--format", "json", *arguments, cwd=repo.path, env=env_of(server, **more))


def placed(result) -> list[tuple]:
    return [(f["path"], f["side"], f["first_line"], f["last_line"]) for f in result.json["findings"] if f["placed"]]


def test_a_confirmed_finding_stands_on_the_line_it_quotes_whatever_line_the_model_names(run: Run, work: Repo):
    with ModelServer(confirming(DIVISION | {"first_line": 900, "last_line": 901}), checks_replies=True) as server:
        result = review(run, work, server)
    assert result.code == 0, result.err
    assert placed(result) == [("shop.py", "new", 5, 5)]
    assert result.json["conclusion"] == "findings"
    assert [row["state"] for row in result.json["coverage"]] == ["full"]
    cost = result.json["cost"]
    assert (cost["calls"], cost["input_tokens"] > 0, cost["output_tokens"] > 0) == (2, True, True)
    assert cost["cached_tokens"] > 0
    assert cost["usd"] > 0
    assert cost["seconds"] > 0


def test_nothing_worth_saying_is_one_line(run: Run, work: Repo):
    with ModelServer(confirming()) as server:
        result = review(run, work, server)
        text = run("review", cwd=work.path, env=env_of(server))
    assert result.json["conclusion"] == "clean"
    assert result.json["findings"] == []
    assert len(server.requests) == 2
    assert text.err == ""


def test_a_rejected_or_doubtful_finding_is_not_raised(run: Run, work: Repo):
    def rejecting(request: ModelRequest):
        if task_of(request) == "find":
            return NOTHING | {"findings": [DIVISION, finding("shop.py", "    return max(items)", title="Empty list")]}
        return NOTHING | {
            "verdicts": [
                verdict(1, [], "reject"),
                verdict(2, ["    return max(items)"], confidence="low"),
            ]
        }

    with ModelServer(rejecting) as server:
        result = review(run, work, server)
        verbose = run("review", "--verbose", cwd=work.path, env=env_of(server))
    assert result.json["findings"] == []
    assert result.json["conclusion"] == "clean"
    assert "A discount of 0 divides by zero" in verbose.out
    assert "rejected" in verbose.out


def test_a_missing_or_unproven_verdict_is_asked_for_again_and_never_a_yes(run: Run, work: Repo):
    def silent(request: ModelRequest):
        if task_of(request) == "find":
            return NOTHING | {"findings": [DIVISION]}
        return NOTHING | {"verdicts": [verdict(1, ["this line stands nowhere in the code"])]}

    with ModelServer(silent) as server:
        result = review(run, work, server)
    assert result.json["findings"] == []
    assert result.json["conclusion"] == "incomplete"
    assert [row["state"] for row in result.json["coverage"]] == ["partial"]
    assert "could not be verified" in result.json["coverage"][0]["reason"]
    assert len(server.requests) == 3
    assert "Candidate 1" in server.requests[2].messages[-1]["content"]


def test_a_finding_about_a_removed_line_stands_on_the_old_side_without_a_suggestion(run: Run, work: Repo):
    removed = finding("shop.py", "    return amount", side="old", suggestion="    return 0")
    with ModelServer(confirming(removed)) as server:
        result = review(run, work, server)
    (found,) = result.json["findings"]
    assert (found["side"], found["first_line"], found["suggestion"]) == ("old", 5, None)


WRONG = {
    "a file that does not exist": finding("ghost.py", "return 1", message="The ghost is gone."),
    "a quote that stands nowhere": finding("shop.py", "    return amount * 17 - nonsense()", message="Seventeen."),
    "no quote at all": finding("shop.py", "   ", message="Nothing is said of where."),
}


@pytest.mark.parametrize("claim", WRONG.values(), ids=WRONG)
def test_a_finding_that_cannot_be_placed_is_kept_with_its_reason(run: Run, work: Repo, claim: dict):
    with ModelServer(confirming(claim, DIVISION)) as server:
        result = review(run, work, server)
        markdown = run("review", "--format", "markdown", cwd=work.path, env=env_of(server))
    assert placed(result) == [("shop.py", "new", 5, 5)]
    (lost,) = [found for found in result.json["findings"] if not found["placed"]]
    assert lost["why_unplaced"]
    assert lost["first_line"] is None
    assert lost["why_unplaced"] in markdown.out


def test_a_quote_that_stands_five_times_goes_to_the_nearest_line(run: Run, repo: Repo):
    repo.commit({"a.py": "x = 1\n"})
    repo.branch("work")
    repo.commit({"a.py": "".join(f"def f{n}():\n    return None\n\n\n" for n in range(5))})
    near = finding("a.py", "    return None", first_line=11, last_line=11)
    lost = finding(
        "a.py",
        "    return None",
        first_line=0,
        last_line=0,
        title="Another one entirely",
        message="Else.",
        category="security",
    )
    with ModelServer(confirming(near, lost)) as server:
        result = review(run, repo, server)
    assert placed(result) == [("a.py", "new", 10, 10)]
    assert [f["why_unplaced"] for f in result.json["findings"] if not f["placed"]] == [
        "the quoted code stands in several places of the change"
    ]


def test_the_same_finding_eight_times_is_said_once(run: Run, work: Repo):
    with ModelServer(confirming(*[DIVISION] * 8)) as server:
        result = review(run, work, server)
    assert placed(result) == [("shop.py", "new", 5, 5)]


def test_more_findings_than_the_cap_are_folded_not_lost(run: Run, repo: Repo):
    repo.commit({"a.py": "x = 1\n"})
    repo.branch("work")
    lines = [f"value_{n} = compute_{n}(n)" for n in range(12)]
    repo.commit({"a.py": "\n\n\n".join(lines) + "\n"})
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"]
    many = [
        finding("a.py", line, title=f"{word} goes wrong", message=f"{word}.", category="contract")
        for line, word in zip(lines, words, strict=True)
    ]
    with ModelServer(confirming(*many)) as server:
        result = review(run, repo, server, PR_REVIEWER_REVIEW__MAX_COMMENTS="3")
        markdown = run(
            "review", "--format", "markdown", cwd=repo.path, env=env_of(server, PR_REVIEWER_REVIEW__MAX_COMMENTS="3")
        )
    assert len(result.json["findings"]) == 12
    for word in words:
        assert f"{word} goes wrong" in markdown.out
    assert "<details>" in markdown.out


def test_a_good_suggestion_is_offered_as_it_will_be_committed(run: Run, work: Repo):
    good = DIVISION | {"suggestion": "    return amount / (discount or 1)"}
    with ModelServer(confirming(good)) as server:
        result = review(run, work, server)
        markdown = run("review", "--format", "markdown", cwd=work.path, env=env_of(server))
    assert result.json["findings"][0]["suggestion"] == "    return amount / (discount or 1)"
    assert "```suggestion\n    return amount / (discount or 1)\n```" in markdown.out


BAD_SUGGESTIONS = {
    "breaks the file": "    return amount / (discount",
    "changes nothing": "    return amount / discount",
    "reaches into the next function": (
        "    return amount / 2\n\n\ndef mean(items):\n    return total(items, 1) / len(items)"
    ),
    "leaves something out": "    ... # rest of the code unchanged",
}


@pytest.mark.parametrize("bad", BAD_SUGGESTIONS.values(), ids=BAD_SUGGESTIONS)
def test_a_bad_suggestion_goes_back_once_with_the_error(run: Run, work: Repo, bad: str):
    def repair(number: int) -> dict:
        return {"candidate": number, "quote": None, "suggestion": "    return amount / (discount or 1)"}

    with ModelServer(confirming(DIVISION | {"suggestion": bad}, repairs=repair)) as server:
        result = review(run, work, server)
    assert [task_of(request) for request in server.requests] == ["find", "verify", "repair"]
    assert "What was wrong with it: " in server.requests[2].messages[-1]["content"]
    assert result.json["findings"][0]["suggestion"] == "    return amount / (discount or 1)"


def test_a_suggestion_that_stays_bad_becomes_prose(run: Run, work: Repo):
    def worse(number: int) -> dict:
        return {"candidate": number, "quote": None, "suggestion": "    return ((("}

    with ModelServer(confirming(DIVISION | {"suggestion": "    return ("}, repairs=worse)) as server:
        result = review(run, work, server)
    assert len(server.requests) == 3
    (found,) = result.json["findings"]
    assert found["suggestion"] is None
    assert found["placed"] is True


def test_a_suggestion_that_touches_a_masked_line_is_never_committable(run: Run, repo: Repo):
    token = "ghp_" + secrets.token_hex(18)
    repo.commit({"a.py": "x = 1\n"})
    repo.branch("work")
    repo.commit({"a.py": f'def connect():\n    return open_port("{token}")\n'})

    def answer(request: ModelRequest):
        quote = re.search(r"^2 \+(.*masked.*)$", request.text, re.MULTILINE)
        assert quote, request.text
        claims = finding("a.py", quote[1], suggestion=quote[1].replace("open_port", "open_safely"))
        return confirming(claims)(request)

    with ModelServer(answer) as server:
        result = review(run, repo, server)
        assert all(token not in json.dumps(request.body) for request in server.requests)
    assert result.code == 0, result.err
    assert token not in result.out
    assert all(found["suggestion"] is None for found in result.json["findings"])


def test_what_a_model_says_is_defused(run: Run, work: Repo):
    echoed = "AKIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
    nasty = (
        "Hello @octocat and @org/team, see #12.\n\n![x](https://evil.example/p.png) <img src=https://evil.example/q>\n"
        "<script>alert(1)</script>\n/close\n/review\n\n```suggestion\nrm -rf\n```\n"
        f"<!-- pr-reviewer:summary v1 --> {echoed}"
    )
    code = "    return amount / (discount or 1)  # @keep ```fence```"
    bad = DIVISION | {"message": nasty, "title": "Look <b>here</b> @octocat", "suggestion": code}
    with ModelServer(confirming(bad)) as server:
        markdown = run("review", "--format", "markdown", cwd=work.path, env=env_of(server))
        text = run("review", cwd=work.path, env=env_of(server))
    assert markdown.code == 0, markdown.err
    for result in (markdown, text):
        assert echoed not in result.out
        assert "\x1b" not in result.out
    body = markdown.out
    assert "<script" not in body
    assert "<img" not in body
    assert "evil.example/p.png)" not in body
    assert not re.search(r"(?<![\w`])@octocat", body)
    assert not re.search(r"^/(close|review)", body, re.MULTILINE)
    assert body.count("suggestion\n") == 1
    assert code in body


def test_a_prompt_is_the_same_bytes_each_time_and_holds_no_untrusted_text_in_the_system_message(run: Run, work: Repo):
    with ModelServer(confirming(DIVISION)) as server:
        review(run, work, server)
        review(run, work, server)
    first, again = server.requests[0].messages, server.requests[2].messages
    assert first == again
    assert "shop.py" not in first[0]["content"]
    assert "Discounts" not in first[0]["content"]
    assert "Discounts" in first[1]["content"]
    assert server.requests[0].messages[:2] == server.requests[1].messages[:2]
    assert server.requests[0].schema == server.requests[1].schema


def test_a_rate_limit_and_a_server_error_are_waited_out(run: Run, work: Repo):
    faults = [rate_limited(retry_after="0.2"), error(500, "The server had an error")]

    def flaky(request: ModelRequest):
        return faults.pop(0) if faults else confirming(DIVISION)(request)

    with ModelServer(flaky) as server:
        result = review(run, work, server)
    assert result.json["conclusion"] == "findings"
    assert len(server.requests) == 4


FAULTS = {
    "hang": (Hang(), {"PR_REVIEWER_MODELS__TIMEOUT_SECONDS": "0.5"}),
    "reset": (Reset(), {}),
    "truncated": (Reset(politely=True), {}),
    "malformed": (Completion("{not json"), {}),
    "prose": (Completion("I think the code looks fine."), {}),
    "context": (CONTEXT_TOO_LONG["openai"], {}),
    "500": (error(500, "boom"), {}),
    "401": (error(401, "Incorrect API key provided: sk-test-key", code="invalid_api_key"), {}),
    "html": (Raw(502, b"<html>Bad Gateway</html>", {"content-type": "text/html"}), {}),
}


@pytest.mark.parametrize(("fault", "more"), FAULTS.values(), ids=FAULTS)
def test_when_every_call_fails_the_review_has_failed_and_says_why(run: Run, work: Repo, fault, more: dict):
    quick = {"PR_REVIEWER_MODELS__MAX_RETRIES": "1", "PR_REVIEWER_MODELS__MAX_WAIT_SECONDS": "3"}
    with ModelServer(lambda _: fault) as server:
        result = review(run, work, server, **quick, **more)
        text = run("review", cwd=work.path, env=env_of(server, **quick, **more))
    assert result.code == 3, result.err
    assert result.json["conclusion"] == "failed"
    assert [row["state"] for row in result.json["coverage"]] == ["skipped"]
    assert result.json["coverage"][0]["reason"]
    assert text.code == 3
    assert "sk-test-key" not in result.out + result.err + text.out + text.err
    assert "Traceback" not in result.err


def test_a_part_that_failed_leaves_the_review_incomplete(run: Run, repo: Repo):
    repo.commit({"a.py": "x = 1\n"})
    repo.branch("work")
    body = "".join(f"def function_{n}(value):\n    return value + {n}\n\n\n" for n in range(400))
    repo.commit({f"part_{n}.py": body for n in range(6)})

    def half(request: ModelRequest):
        return error(400, "no", code="invalid_request") if "### part_0.py" in request.text else NOTHING

    with ModelServer(half) as server:
        small = {"PR_REVIEWER_MODELS__DEFAULT_WINDOW": "32000", "PR_REVIEWER_MODELS__REVIEW": "small-model"}
        result = review(run, repo, server, "--require-complete", "--fail-on", "error", **small)
    assert result.json["conclusion"] == "incomplete"
    states = {row["path"]: row["state"] for row in result.json["coverage"]}
    assert states["part_0.py"] == "skipped"
    assert "full" in states.values()
    assert result.code == 4


@pytest.mark.parametrize("refused", [{"json_schema"}, {"json_schema", "json_object"}, {"max_completion_tokens"}])
def test_an_endpoint_that_knows_less_is_asked_for_less(run: Run, work: Repo, refused: set[str]):
    with ModelServer(confirming(DIVISION), refuses=refused) as server:
        result = review(run, work, server)
    assert placed(result) == [("shop.py", "new", 5, 5)]


def test_a_malformed_reply_goes_back_once(run: Run, work: Repo):
    replies = [Completion('{"findings": [{"path": "shop.py"}]}')]

    def sloppy(request: ModelRequest):
        return replies.pop() if replies else confirming(DIVISION)(request)

    with ModelServer(sloppy) as server:
        review(run, work, server)
    assert len(server.requests) == 3
    assert "cannot be used" in server.requests[1].messages[-1]["content"]


def test_the_cap_on_calls_holds_and_is_told(run: Run, work: Repo):
    with ModelServer(confirming(DIVISION)) as server:
        result = review(run, work, server, PR_REVIEWER_REVIEW__MAX_MODEL_CALLS="1")
    assert len(server.requests) == 1
    assert result.json["conclusion"] == "incomplete"
    assert result.json["findings"] == []
    assert "verif" in json.dumps(result.json["coverage"])


def test_a_fallback_model_answers_where_the_first_cannot(run: Run, work: Repo):
    def first_is_gone(request: ModelRequest):
        if request.model == "gone":
            return error(404, "The model `gone` does not exist", code="model_not_found")
        return confirming(DIVISION)(request)

    env = {"PR_REVIEWER_MODELS__REVIEW": "gone", "PR_REVIEWER_MODELS__FALLBACKS": '["there"]'}
    with ModelServer(first_is_gone) as server:
        result = review(run, work, server, **env)
    assert placed(result) == [("shop.py", "new", 5, 5)]
    assert {request.model for request in server.requests} == {"gone", "there"}
    assert result.json["cost"]["usd"] is None


def test_model_sets_every_step(run: Run, work: Repo):
    with ModelServer(confirming(DIVISION)) as server:
        review(run, work, server, "--model", "mine", PR_REVIEWER_MODELS__VERIFY="other")
    assert [request.model for request in server.requests] == ["mine", "mine"]


def test_azure_is_asked_by_deployment_with_its_own_header(run: Run, work: Repo):
    env = {"PR_REVIEWER_AZURE__API_KEY": "azure-test-key", "PR_REVIEWER_MODELS__REVIEW": "my-deployment"}
    with ModelServer(confirming(DIVISION)) as server:
        env["PR_REVIEWER_AZURE__ENDPOINT"] = server.origin
        result = run("review", "--format", "json", cwd=work.path, env=env)
    assert placed(result) == [("shop.py", "new", 5, 5)], result.err
    assert server.requests[0].headers["api-key"] == "azure-test-key"
    assert "/openai/deployments/my-deployment/" in server.requests[0].path
    assert "api-version=" in server.requests[0].path


def test_every_request_and_reply_is_recorded_for_its_owner_alone(run: Run, work: Repo, tmp_path: Path):
    folder = tmp_path / "record"
    with ModelServer(confirming(DIVISION)) as server:
        review(run, work, server, "--record", str(folder))
    pages = sorted(folder.iterdir())
    assert len(pages) == 2
    for page in pages:
        assert page.stat().st_mode & 0o777 == 0o600
        assert "sk-test-key" not in page.read_text()
    assert "amount / discount" in pages[0].read_text()


def test_what_a_dry_run_shows_is_what_is_sent(run: Run, work: Repo):
    with ModelServer(confirming()) as server:
        review(run, work, server)
        dry = review(run, work, server, "--dry-run").json
    assert [prompt["messages"] for prompt in dry["prompts"]] == [request.messages for request in server.requests[:1]]
    assert dry["prompts"][0]["schema"] == server.requests[0].schema


def test_a_dry_run_asks_nobody_and_names_the_files_that_later_passes_may_quote(run: Run, work: Repo):
    with ModelServer(confirming()) as server:
        dry = review(run, work, server, "--dry-run", HTTPS_PROXY=server.origin, HTTP_PROXY=server.origin)
    assert server.requests == []
    assert dry.json["later_paths"] == ["shop.py"]


def test_quiet_says_findings_and_verdict_only_and_verbose_what_was_dropped(run: Run, work: Repo):
    rejected = finding("shop.py", "    return max(items)", title="An empty list has no maximum", message="It raises.")

    def answer(request: ModelRequest):
        if task_of(request) == "find":
            return NOTHING | {"findings": [DIVISION, rejected]}
        return NOTHING | {"verdicts": [verdict(1, ["    return amount / discount"]), verdict(2, [], "reject")]}

    with ModelServer(answer) as server:
        quiet, normal, verbose = (
            run("review", *flags, cwd=work.path, env=env_of(server)).out for flags in (["--quiet"], [], ["--verbose"])
        )
    assert "A discount of 0 divides by zero" in quiet
    assert "model calls" not in quiet
    assert "model calls" in normal
    assert "An empty list has no maximum" not in normal
    assert "An empty list has no maximum" in verbose
    assert "rejected" in verbose


def test_the_cap_in_dollars_holds_and_is_told(run: Run, work: Repo):
    with ModelServer(confirming(DIVISION)) as server:
        capped = review(run, work, server, PR_REVIEWER_REVIEW__MAX_USD="0.000001")
        unpriced = review(run, work, server, "--model", "mine", PR_REVIEWER_REVIEW__MAX_USD="5")
    assert server.requests == []
    assert capped.code == unpriced.code == 3
    assert "review.max_usd" in capped.out + capped.err or "cap" in capped.json["coverage"][0]["reason"]
    assert "price" in unpriced.json["coverage"][0]["reason"]


def test_a_diff_alone_never_carries_a_committable_suggestion(run: Run, work: Repo, tmp_path: Path):
    diff = work.git("diff", "main", "work") + "\n"
    good = DIVISION | {"suggestion": "    return amount / (discount or 1)"}
    with ModelServer(confirming(good)) as server:
        result = run("review", "--diff", "-", "--format", "json", cwd=tmp_path, env=env_of(server), stdin=diff.encode())
    (found,) = result.json["findings"]
    assert (found["first_line"], found["suggestion"]) == (5, None)


def test_the_proxy_of_the_environment_is_used_and_no_proxy_heeded(run: Run, work: Repo):
    """The stand-in plays the proxy: no other way leads to a host that does not exist."""
    env = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://model.invalid/v1", "PR_REVIEWER_MODELS__MAX_RETRIES": "0"}
    with ModelServer(confirming(DIVISION)) as server:
        proxied = run("review", "--format", "json", cwd=work.path, env=env | {"HTTP_PROXY": server.origin})
        direct = run("review", cwd=work.path, env=env | {"HTTP_PROXY": server.origin, "NO_PROXY": "model.invalid"})
    assert placed(proxied) == [("shop.py", "new", 5, 5)], proxied.err
    assert server.requests[0].path.startswith("http://model.invalid/")
    assert direct.code == 3
    assert len(server.requests) == 2


def test_a_private_ca_is_trusted_and_a_missing_one_named(run: Run, work: Repo, tmp_path: Path):
    authority = trustme.CA()
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ModelServer(confirming(DIVISION), tls=context) as server:
        trusted = review(run, work, server, SSL_CERT_FILE=str(bundle))
        unknown = review(run, work, server, PR_REVIEWER_MODELS__MAX_RETRIES="0")
    assert placed(trusted) == [("shop.py", "new", 5, 5)], trusted.err
    assert unknown.code == 3
    missing = run("review", cwd=work.path, env={"OPENAI_API_KEY": "k", "SSL_CERT_FILE": "/nowhere/ca.pem"})
    assert missing.code == 2
    assert "/nowhere/ca.pem" in missing.err


def test_candidates_can_be_read_from_a_prompt():
    """The script of these tests depends on it."""
    first = "## Candidate 1\n\nThe code it is about:\n\n    x = 1\n    y = 2\n\n"
    content = f"{first}## Candidate 2\n\nThe code it is about:\n\nz = 3\n</data-0>\n    rest\n"
    request = ModelRequest(1, "/", {}, {"messages": [{"role": "user", "content": content}]})
    assert candidates_of(request) == [(1, "    x = 1\n    y = 2"), (2, "z = 3")]
