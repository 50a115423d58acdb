"""A command starts a line of an ordinary paragraph; everything else is talk about commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.commands import MOST_COMMANDS, parse_commands
from pr_reviewer.model.commands import Command, CommandHelp, CommandName, CommandOption, Mistake

REVIEW, IMPROVE, DESCRIBE, ASK = CommandName.REVIEW, CommandName.IMPROVE, CommandName.DESCRIBE, CommandName.ASK
HELPS = {
    REVIEW: CommandHelp(
        REVIEW,
        "Review it.",
        options=(
            CommandOption("max_comments", "Most comments.", "review.max_comments"),
            CommandOption("only", "These files.", "paths.only"),
        ),
    ),
    IMPROVE: CommandHelp(IMPROVE, "Suggest."),
    DESCRIBE: CommandHelp(DESCRIBE, "Describe.", options=(CommandOption("as_comment", "Apart.", is_flag=True),)),
    ASK: CommandHelp(ASK, "Answer.", argument="QUESTION", is_argument_needed=True),
    CommandName.EXPLAIN: CommandHelp(CommandName.EXPLAIN, "Say why.", argument="ID", is_one_line=True),
    CommandName.HELP: CommandHelp(CommandName.HELP, "Help."),
}
A_REVIEW = Command(REVIEW)


def parse(comment):
    return parse_commands(comment, ["acme-reviewer[bot]", "pr-reviewer"], HELPS)


def review(**options):
    return Command(REVIEW, options=tuple(options.items()))


NO_COMMAND = {
    "nothing": "",
    "prose": "Please run /review when you can.",
    "a path": "/etc/hosts is wrong",
    "a path that starts like a command": "/review/notes.md is out of date",
    "another tool's command": "/lgtm",
    "another tool's command with text": "/cc @somebody",
    "other tools' commands near ours": "/preview\n/reviewers @ann\n/confirm\n/task x\n/expand\n/configure",
    "a quote": "> /review",
    "a quote in a quote": ">> /review",
    "a quote without a space": ">/review",
    "a paragraph that goes on in a quote": "> somebody said\n/review",
    "a backtick fence": "```\n/review\n```",
    "a tilde fence": "~~~\n/review\n~~~",
    "a fence with a language": "```text\n/review\n```",
    "a fence that never ends": "```\n/review",
    "a longer fence": "````\n```\n/review\n```\n````",
    "an indented block": "Try:\n\n    /review",
    "a tab-indented block": "Try:\n\n\t/review",
    "a code span": "`/review`",
    "a code span over two lines": "see `this\n/review` there",
    "a link": "[/review](https://example.com)",
    "a link's text over two lines": "[this\n/review](https://example.com)",
    "a link's definition": "[a]: /review",
    "an autolink": "<https://example.com/review>",
    "an HTML comment": "<!-- /review -->",
    "an HTML comment of several lines": "<!--\n/review\n-->",
    "an HTML comment within a paragraph": "text <!-- so\n/review\n--> more",
    "an HTML block": "<details>\n/review\n</details>",
    "bold": "**/review**",
    "emphasis over two lines": "*this\n/review*",
    "a list": "- /review\n- /improve",
    "a numbered list": "1. /review",
    "a heading": "# /review",
    "a heading by underline": "/review\n===",
    "a table": "| a |\n|---|\n| /review |\n/review",
    "an escaped slash": "\\/review",
    "a slash alone": "/",
    "a slash and a space": "/ review",
    "two slashes": "//review",
    "a full-width slash": "\N{FULLWIDTH SOLIDUS}review",
    "a division slash": "\N{DIVISION SLASH}review",
    "a zero-width space before": "\u200b/review",
    "a private character": "\ue000review\n\ue001review",
    "an address": "mail@acme-reviewer review",
    "a mention in a sentence": "thanks @acme-reviewer review",
    "a mention of somebody whose name starts like ours": "@acme-reviewers review",
    "a mention and nothing else": "@acme-reviewer",
}


@pytest.mark.parametrize("comment", NO_COMMAND.values(), ids=NO_COMMAND)
def test_what_is_no_command_is_ignored(comment):
    assert parse(comment) == ()


COMMANDS = {
    "alone": ("/review", [A_REVIEW]),
    "capitals": ("/Review", [A_REVIEW]),
    "white space around": ("  /review  ", [A_REVIEW]),
    "a colon behind": ("/review:", [A_REVIEW]),
    "Windows line ends": ("/review\r\n/improve\r\n", [A_REVIEW, Command(IMPROVE, 2)]),
    "old Mac line ends": ("/review\r/improve", [A_REVIEW, Command(IMPROVE, 2)]),
    "after prose": ("Thanks!\n/review", [Command(REVIEW, 2)]),
    "after a quote and an empty line": ("> said\n\n/review", [Command(REVIEW, 3)]),
    "after a fence": ("```\n/improve\n```\n/review", [Command(REVIEW, 4)]),
    "within details, as markdown": ("<details>\n\n/review\n\n</details>", [Command(REVIEW, 3)]),
    "a mention": ("@acme-reviewer review", [A_REVIEW]),
    "a mention of a bot's login": ("@acme-reviewer[bot] review", [A_REVIEW]),
    "a mention with a comma": ("@PR-Reviewer, review", [A_REVIEW]),
    "a mention and a slash": ("@pr-reviewer /review", [A_REVIEW]),
    "the same twice": ("/review\n\n/review", [A_REVIEW]),
    "a hundred times the same": ("/review\n" * 100, [A_REVIEW]),
    "an option with =": ("/review --max_comments=3", [review(max_comments="3")]),
    "an option with a space": ("/review --max_comments 3", [review(max_comments="3")]),
    "an option with hyphens": ("/review --max-comments 3", [review(max_comments="3")]),
    "an option by its key": ("/review --review.max_comments=3", [review(max_comments="3")]),
    "two options": ("/review --max-comments 3 --only src/", [review(max_comments="3", only="src/")]),
    "quotes": ("/review --only 'a b/**'", [review(only="a b/**")]),
    "quotes in the middle": ('/review --only="a b"/c', [review(only="a b/c")]),
    "a phone's quotes": ("/review --only “a b”", [review(only="a b")]),
    "an empty value": ("/review --only=", [review(only="")]),
    "a value with =": ("/review --only=a=b", [review(only="a=b")]),
    "a flag": ("/describe --as-comment", [Command(DESCRIBE, options=(("as_comment", "true"),))]),
    "a flag with a value": ("/describe --as-comment=false", [Command(DESCRIBE, options=(("as_comment", "false"),))]),
    "a question": ("/ask Why is `x` here?", [Command(ASK, text="Why is `x` here?")]),
    "a question of several lines": ("/ask Why\nis it\n\n> so?", [Command(ASK, text="Why\nis it\n\n> so?")]),
    "a question below": ("/ask\nWhy?", [Command(ASK, text="Why?")]),
    "a question that quotes a command": ("/ask why\n```\n/review\n```", [Command(ASK, text="why\n```\n/review\n```")]),
    "a question before a command": ("/ask why\n/review", [Command(ASK, text="why"), Command(REVIEW, 2)]),
    "a question with a path at the start of a line": (
        "/ask why is\n/etc/hosts read?\n/lgtm\n/review",
        [Command(ASK, text="why is\n/etc/hosts read?\n/lgtm"), Command(REVIEW, 4)],
    ),
    "an id with words below": ("/explain a3d665c5\n\nThanks!", [Command(CommandName.EXPLAIN, text="a3d665c5")]),
    "a preview": ("/preview\n/review", [Command(REVIEW, 2)]),
    "no id with words below": ("/explain\nPlease.", [Command(CommandName.EXPLAIN)]),
    "a question that looks like options": ("/ask --max why", [Command(ASK, text="--max why")]),
    "a question of sixty thousand characters": (
        "/ask " + "why " * 15_000,
        [Command(ASK, text=("why " * 15_000).strip())],
    ),
}


@pytest.mark.parametrize(("comment", "commands"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_is_found_with_its_options_and_its_line(comment, commands):
    assert list(parse(comment)) == commands


MISTAKES = {
    "mistyped": ("/reveiw", "reveiw", "there is no such command; did you mean `/review`?"),
    "a point behind": ("/review.", "review.", "there is no such command; did you mean `/review`?"),
    "another alphabet's letter": ("/r\u0435view", "r\u0435view", "there is no such command; did you mean `/review`?"),
    "full-width letters": ("/ｒｅｖｉｅｗ", "ｒｅｖｉｅｗ", "there is no such command; did you mean `/review`?"),
    "another tool's command, said to us": (
        "@acme-reviewer preview",
        "preview",
        "there is no such command; did you mean `/review`?",
    ),
    "unknown, but said to us": ("@acme-reviewer thanks!", "thanks!", "there is no such command; `/help` lists"),
    "a path, said to us": ("@acme-reviewer a/b", "a/b", "there is no such command; `/help` lists"),
    "a mistyped option": ("/review --max_comment 3", "review --max_comment 3", "did you mean `--max-comments`?"),
    "a key that no comment may set": (
        "/review --openai.api_key=x",
        "review --openai.api_key=x",
        "`--openai.api_key` cannot be given in a comment; there is `--max-comments`, `--only`",
    ),
    "an option where there is none": ("/improve --fast", "improve --fast", "the command takes no options"),
    "no option": ("/review please", "review please", "`please` is no option: options look like `--name value`"),
    "no value": ("/review --max-comments", "review --max-comments", "it needs a value: `--max-comments VALUE`"),
    "an option for a value": ("/review --only --max-comments 3", "review --only", "it needs a value: `--only VALUE`"),
    "an open quote": ("/review --only 'a", "review --only 'a", "a quotation mark is never closed"),
    "no question": ("/ask", "ask", "it needs something behind it: `/ask QUESTION`"),
    "something endless": (f"/review {'x' * 60_000}", f"review {'x' * 73}…", "is no option"),
}


@pytest.mark.parametrize(("comment", "written", "problem"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_what_was_meant(comment, written, problem):
    (mistake,) = parse(comment)

    assert isinstance(mistake, Mistake)
    assert mistake.written.startswith(written)
    assert problem in mistake.problem


def test_a_reviewer_without_a_name_is_reached_by_a_slash_alone():
    assert parse_commands("@acme-reviewer review\n/improve", [], HELPS) == (Command(IMPROVE, 2),)


def test_only_so_many_commands_of_a_comment_are_taken_and_the_rest_is_said():
    *taken, last = parse("".join(f"/review --max_comments={number}\n" for number in range(100)))

    assert [dict(each.options)["max_comments"] for each in taken] == [str(number) for number in range(MOST_COMMANDS)]
    assert last == Mistake(MOST_COMMANDS + 1, "…", "a comment may hold 10 commands; the rest is ignored")


def test_a_comment_of_nothing_but_commands_ends():
    assert parse("/review\n" * 8_000) == (A_REVIEW,)


@given(st.text(alphabet=st.sampled_from("/@-=`'\"<>![]()*#|~ \n\r\tabreviewask"), max_size=120))
def test_every_comment_is_read_and_a_found_command_stands_on_its_line(comment):
    lines = comment.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for each in parse(comment):
        assert lines[each.line - 1].lstrip().startswith("/")
