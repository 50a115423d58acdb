import pytest

from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind
from pr_reviewer.plan.paths import Sort, sort_of
from pr_reviewer.plan.risk import risk_of
from tests.plan.builders import edited, new_file


@pytest.mark.parametrize(
    ("path", "sort"),
    [
        ("src/cart.py", Sort.SOURCE),
        ("cmd/main.go", Sort.SOURCE),
        ("latest/contest.py", Sort.SOURCE),
        ("src/Unit.java", Sort.SOURCE),
        (".github/workflows/ci.yml", Sort.BUILD),
        ("Dockerfile", Sort.BUILD),
        ("infra/main.tf", Sort.BUILD),
        ("docker-compose.yml", Sort.BUILD),
        ("tests/test_cart.py", Sort.TEST),
        ("test_cart.py", Sort.TEST),
        ("cart_test.go", Sort.TEST),
        ("src/cart.test.ts", Sort.TEST),
        ("src/cart.spec.ts", Sort.TEST),
        ("src/CartTest.java", Sort.TEST),
        ("src/CartIT.java", Sort.TEST),
        ("spec/cart_spec.rb", Sort.TEST),
        ("config/app.toml", Sort.SETTINGS),
        ("package.json", Sort.SETTINGS),
        ("README.md", Sort.PROSE),
        ("tests/README.md", Sort.PROSE),
        ("LICENSE.txt", Sort.PROSE),
    ],
)
def test_a_path_tells_what_its_file_is_for(path, sort):
    assert sort_of(path) is sort


@pytest.mark.parametrize(
    ("riskier", "safer"),
    [
        ("src/auth/login.py", "src/ui/colours.py"),
        ("src/paymentGateway.ts", "src/ui.ts"),
        ("db/migrations/0007_drop.py", "src/text.py"),
        ("src/a.py", "auth/README.md"),
        ("src/a.py", "tests/test_auth.py"),
        (".github/workflows/ci.yml", "tests/test_auth.py"),
        ("tests/test_a.py", "auth.json"),
        ("auth.json", "auth.md"),
    ],
)
def test_a_path_tells_which_file_is_riskier(riskier, safer):
    assert risk_of(new_file(riskier, "x")).key < risk_of(new_file(safer, "x")).key


@pytest.mark.parametrize(
    "line",
    ["eval(text)", "pickle.loads(data)", "DELETE FROM users", "lock = Lock()", "rmtree(path)", "except OSError:"],
)
def test_what_the_lines_do_makes_a_file_riskier(line):
    assert risk_of(new_file("a.py", line)).key < risk_of(new_file("a.py", "plain = 1")).key


def test_context_lines_say_nothing_of_the_risk_of_a_change():
    around = edited("a.py", "@@ -1,2 +1,2 @@\n eval(text)\n-x = 1\n+x = 2")

    assert "code" not in risk_of(around).reason


def test_a_larger_change_is_riskier_and_a_deleted_file_is_less_so():
    lines = tuple(Line(LineKind.REMOVED, "x", number, None) for number in range(1, 41))
    deleted = FileDiff("a.py", FileStatus.DELETED, (Hunk(1, 0, "", lines),))

    assert risk_of(new_file("a.py", *["x"] * 40)).key < risk_of(new_file("a.py", "x")).key
    assert risk_of(new_file("a.py", *["x"] * 40)).key < risk_of(deleted).key


def test_the_reason_says_in_words_what_counted():
    found = risk_of(new_file("src/payment.py", "eval(amount)"))

    assert found.reason == "source; payments; runs text as code or as a command; 1 changed line"
    assert risk_of(new_file("docs/a.md", "a", "b")).reason == "prose; 2 changed lines"


def test_only_the_start_of_an_endless_line_is_looked_at():
    assert "code" not in risk_of(new_file("a.py", "x" * 400 + " eval(y)")).reason
