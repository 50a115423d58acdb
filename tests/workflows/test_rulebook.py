"""Rules of every level, read through a provider in memory and from a real folder."""

from dataclasses import replace

import pytest

from pr_reviewer.bootstrap import shipped_rules
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.rules import Enforcement, ForeignKind, Level, Quality, RuleChange, RuleFile, Standing, Unread
from pr_reviewer.providers.base import Tip
from pr_reviewer.providers.local import DiffFile
from pr_reviewer.settings.load import load_settings
from pr_reviewer.workflows.organisation import Organisation
from pr_reviewer.workflows.rulebook import read_rulebook, rule_changes
from tests.fakes.provider import FakeProvider

SECRET = "AKIA" + "Q3EGRIPZVUWNKXTM"


def rule(id_, text="Do it.", block=""):
    return f"## Rule {id_} {{#{id_}}}\n{text}\n{block}\n"


def options(*lines):
    return "\n".join(["```yaml rule", *lines, "```"])


def settings(**changes):
    return load_settings({}).settings.rules.model_copy(update={"packs": ()} | changes)


class Counted(FakeProvider):
    """A provider that keeps what it was asked."""

    def __init__(self, base, head=None, **options):
        super().__init__(base, base if head is None else head, **options)
        self.listed: list[str] = []
        self.read: list[tuple[str, tuple[str, ...]]] = []

    async def list_files(self, revision):
        self.listed.append(revision)
        return await super().list_files(revision)

    async def read_files(self, revision, paths):
        self.read.append((revision, tuple(paths)))
        return await super().read_files(revision, paths)


async def book_of(base, organisation=None, **changes):
    provider = FakeProvider(base, {})
    return await read_rulebook(provider, provider.pull.base.sha, settings(**changes), organisation or Organisation())


def organisation(files, project="octo/app", **options):
    provider = FakeProvider(files, {}, **options)
    return Organisation(project, Tip("octo/.pr-reviewer", provider.pull.base.sha, provider))


def ids(book):
    return [rule.id for rule in book.rules]


async def test_every_level_is_read_and_the_nearest_decides(tmp_path):
    (tmp_path / "ours.md").write_text(rule("shared", "operator") + rule("operators"))
    book = await book_of(
        {
            "best_practices.md": rule("shared", "repository"),
            "best_practices/more.md": rule("more"),
            "services/best_practices.md": rule("shared", "directory"),
            "AGENTS.md": "# Code style\n\n- Use tabs for indentation in every file.\n",
        },
        organisation({"best_practices.md": rule("shared", "organisation"), "best_practices/x/y.md": rule("deep")}),
        packs=("core",),
        folder=str(tmp_path),
    )
    assert [level.name for level in sorted({each.source.file.level for each in book.rules})] == [
        "PACK",
        "OPERATOR",
        "ORGANISATION",
        "REPOSITORY",
        "DIRECTORY",
    ]
    assert {"operators", "deep", "more"} < set(ids(book))
    assert any(each.source.path == "AGENTS.md" for each in book.rules)
    texts = {path: book.rule_for(path, "shared").text for path in ("a.py", "services/a.py")}
    assert texts == {"a.py": "repository", "services/a.py": "directory"}
    assert set(shipped_rules()) < set(book.rules)


async def test_each_rule_says_where_it_can_be_read(tmp_path):
    (tmp_path / "ours.md").write_text(rule("operators"))
    provider = FakeProvider({"best_practices.md": rule("own"), "a/best_practices.md": rule("near")}, {})
    shared = organisation({"best_practices.md": rule("shared")})
    book = await read_rulebook(provider, provider.pull.base.sha, settings(folder=str(tmp_path)), shared)
    base = provider.pull.base.sha
    assert {each.id: each.source.file for each in book.rules} == {
        "operators": RuleFile(Level.OPERATOR, "operator", str(tmp_path / "ours.md")),
        "shared": RuleFile(
            Level.ORGANISATION, "octo/.pr-reviewer", "best_practices.md", "", "octo/.pr-reviewer", shared.tip.sha
        ),
        "own": RuleFile(Level.REPOSITORY, "repository", "best_practices.md", revision=base),
        "near": RuleFile(Level.DIRECTORY, "a/", "a/best_practices.md", "a", revision=base),
    }


async def test_a_repositorys_files_are_listed_once_and_read_in_one_batch():
    files = {f"d{number}/best_practices.md": rule(f"r{number}") for number in range(50)}
    provider = Counted({**files, "a.py": "x = 1\n"})
    base = provider.pull.base.sha
    book = await read_rulebook(provider, base, settings())
    assert len(book.rules) == 50
    assert provider.listed == [base]
    assert [(revision, set(paths)) for revision, paths in provider.read] == [(base, set(files))]


async def test_a_repository_without_rules_is_asked_for_no_file():
    provider = Counted({"a.py": "x = 1\n"})
    assert (await read_rulebook(provider, provider.pull.base.sha, settings())).rules == ()
    assert provider.read == []


async def test_a_bare_diff_has_the_packs_and_the_operators_rules_alone(tmp_path):
    (tmp_path / "ours.md").write_text(rule("operators"))
    book = await read_rulebook(DiffFile(""), "", settings(packs=("core",), folder=str(tmp_path)))
    assert {each.source.file.level for each in book.rules} == {Level.PACK, Level.OPERATOR}


async def test_only_the_kinds_of_files_that_are_named_count():
    files = {"AGENTS.md": "# Code style\n\n- Use tabs everywhere.\n", "CLAUDE.md": "# Code style\n\n- Use spaces.\n"}
    book = await book_of(files, sources=(ForeignKind.CLAUDE,))
    assert {each.source.path for each in book.rules} == {"CLAUDE.md"}


async def test_what_a_file_takes_in_is_read_batch_by_batch():
    files = {
        "best_practices.md": "---\ninclude: [rules/a.md, rules/b.md]\n---\n" + rule("top"),
        "rules/a.md": "---\ninclude: [c.md]\n---\n" + rule("a"),
        "rules/b.md": rule("b"),
        "rules/c.md": rule("c"),
    }
    provider = Counted(files)
    book = await read_rulebook(provider, provider.pull.base.sha, settings())
    assert set(ids(book)) == {"top", "a", "b", "c"}
    assert [paths for _, paths in provider.read] == [
        ("best_practices.md",),
        ("rules/a.md", "rules/b.md"),
        ("rules/c.md",),
    ]
    assert book.problems == ()


async def test_files_that_take_each_other_in_are_read_once_and_told():
    files = {
        "best_practices.md": "---\ninclude: [rules/a.md]\n---\n" + rule("top"),
        "rules/a.md": "---\ninclude: [../best_practices.md, gone.md]\n---\n" + rule("a"),
    }
    book = await book_of(files)
    assert ids(book) == ["top", "a"]
    assert [problem.path for problem in book.problems] == ["rules/a.md", "rules/a.md"]
    assert "circle" in book.problems[0].text
    assert "`rules/gone.md` is not there" in book.problems[1].text


@pytest.mark.parametrize("content", ["\0\1binary", "x" * 2_000_001], ids=["binary", "too big"])
async def test_a_file_that_cannot_be_read_is_told_and_the_others_hold(content, tmp_path):
    (tmp_path / "bad.md").write_text(content)
    (tmp_path / "good.md").write_text(rule("operators"))
    shared = organisation({"best_practices.md": content, "best_practices/good.md": rule("shared")})
    files = {"best_practices.md": content, "best_practices/good.md": rule("own")}
    book = await book_of(files, shared, folder=str(tmp_path))
    assert set(ids(book)) == {"operators", "shared", "own"}
    assert [(problem.path, problem.origin) for problem in book.problems] == [
        (str(tmp_path / "bad.md"), "operator"),
        ("best_practices.md", "octo/.pr-reviewer"),
        ("best_practices.md", ""),
    ]
    assert {problem.text for problem in book.problems} == {
        "this file is binary, too big, or no plain file, so nothing of it is read"
    }


async def test_another_tools_file_without_a_text_is_no_problem_for_it_may_be_a_link_to_the_next():
    book = await book_of({"CLAUDE.md": "\0", "AGENTS.md": "## Code style\n\n- Return early.\n"})
    assert (ids(book), book.problems) == (["agents-md/code-style-return-early"], ())
    (part,) = book.left_out
    assert str(part).startswith("CLAUDE.md:1: this file is a link, binary or too big;")


async def test_a_link_to_nowhere_in_the_operators_folder_is_told(tmp_path):
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "sub.md").mkdir()
    (problem,) = (await book_of({}, folder=str(tmp_path))).problems
    assert problem.path == str(tmp_path / "gone.md")


async def test_an_operators_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(SettingsError, match=r"rules\.folder: .*/absent cannot be read"):
        await book_of({}, folder=str(tmp_path / "absent"))


@pytest.mark.parametrize("name", ["core", "Core"])
async def test_a_pack_is_named_by_its_name(name):
    book = await book_of({}, packs=(name,))
    assert book.rules == (await book_of({}, packs=("core", "core"))).rules
    assert {each.source.origin for each in book.rules} == {"pack core"}


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("py", "python"),
        ("Python", "python"),
        ("golang", "go"),
        ("js", "javascript"),
        ("TypeScript", "javascript"),
        ("tsx", "javascript"),
        ("security", "security"),
    ],
)
async def test_a_pack_is_named_by_its_language_too(name, pack):
    assert {each.source.origin for each in (await book_of({}, packs=(name,))).rules} == {f"pack {pack}"}


async def test_an_unknown_pack_is_told_the_nearest():
    with pytest.raises(
        SettingsError, match=r"rules\.packs: there is no pack 'cores'\nDid you mean core\? There is .*core"
    ):
        await book_of({}, packs=("cores",))


async def test_what_the_settings_say_of_enforcement_holds_for_rules_that_say_nothing():
    required = await book_of({"best_practices.md": rule("own")}, enforcement=Enforcement.REQUIRED)
    assert [each.enforcement for each in required.rules] == [Enforcement.REQUIRED]
    off = await book_of({"best_practices.md": rule("own")}, enforcement=Enforcement.OFF)
    assert off.governing("a.py", "python") == ()


async def test_secrets_in_rules_are_masked_but_patterns_stay():
    block = options("languages: [python]", f"pattern: key == '{SECRET}'")
    text = rule("own", f"Never write {SECRET}.", block) + f"### Bad\n```python\nkey == '{SECRET}'\n```\n"
    (own,) = (await book_of({"best_practices.md": text})).rules
    assert SECRET not in own.text
    assert SECRET not in own.examples[0].code
    assert SECRET in own.pattern


async def test_what_was_not_read_is_in_the_book():
    unread = Unread("octo/.pr-reviewer", "absent", is_expected=True)
    assert (await book_of({}, Organisation("octo/app", unread=unread))).unread == (unread,)


STANDING = '[[repository]]\nmatch = "octo/*"\nquality = "{}"\n'


async def test_the_operators_word_on_a_repository_goes_before_the_organisations(tmp_path):
    shared = organisation({"repositories.toml": STANDING.format("legacy")})
    assert (await book_of({}, shared)).standing.quality is Quality.LEGACY
    (tmp_path / "repositories.toml").write_text(STANDING.format("exemplary"))
    assert (await book_of({}, shared, folder=str(tmp_path))).standing.quality is Quality.EXEMPLARY
    assert (
        await book_of({}, replace(shared, project="other/app"), folder=str(tmp_path))
    ).standing.quality is Quality.NORMAL


async def test_a_diff_of_an_unknown_repository_has_no_standing(tmp_path):
    (tmp_path / "repositories.toml").write_text(STANDING.format("legacy").replace("octo/*", "*"))
    assert (await book_of({}, folder=str(tmp_path))).standing == Standing()


async def test_a_list_of_repositories_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "repositories.toml").write_bytes(b"\0")
    shared = organisation({"repositories.toml": "[[repository]]\nmatch = 3\n"})
    book = await book_of({}, shared, folder=str(tmp_path))
    assert [(problem.path, problem.origin) for problem in book.problems] == [
        (str(tmp_path / "repositories.toml"), "operator"),
        ("repositories.toml", "octo/.pr-reviewer"),
    ]


async def changes_of(base, head, *, kinds=tuple(ForeignKind)):
    provider = FakeProvider(base, head)
    book = await read_rulebook(provider, provider.pull.base.sha, settings(sources=kinds))
    changed = {path for path in (*base, *head) if base.get(path) != head.get(path)}
    return await rule_changes(provider, provider.pull, changed, book, kinds)


async def test_rules_that_the_pull_request_edits_are_listed():
    base = {"best_practices.md": rule("kept") + rule("gone") + rule("changed", "old"), "a.py": "1\n"}
    head = {
        "best_practices.md": rule("kept") + rule("changed", "new"),
        "a/best_practices.md": rule("fresh"),
        "a.py": "",
    }
    assert set(await changes_of(base, head)) == {
        RuleChange("best_practices.md", "gone", "Rule gone", "removed"),
        RuleChange("best_practices.md", "changed", "Rule changed", "changed"),
        RuleChange("a/best_practices.md", "fresh", "Rule fresh", "added"),
    }


async def test_a_change_of_a_file_that_another_one_takes_in_is_one_of_rules():
    include = "---\ninclude: [docs/style.md]\n---\n" + rule("top")
    base = {"best_practices.md": include, "docs/style.md": rule("style", "old")}
    head = {"best_practices.md": include, "docs/style.md": rule("style", "new")}
    assert await changes_of(base, head) == (RuleChange("docs/style.md", "style", "Rule style", "changed"),)


async def test_files_that_hold_no_rules_here_change_none():
    base, head = {"AGENTS.md": "# Code style\n\n- Use tabs everywhere.\n"}, {"AGENTS.md": ""}
    assert await changes_of(base, head, kinds=()) == ()
    assert len(await changes_of(base, head)) == 1


async def test_a_change_without_rule_files_reads_nothing():
    provider = Counted({"a.py": "1\n"}, {"a.py": "2\n"})
    book = await read_rulebook(provider, "", settings())
    assert await rule_changes(provider, provider.pull, ["a.py"], book) == ()
    assert provider.read == []
