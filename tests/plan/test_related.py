import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.plan.related import group_related, subject_of
from tests.plan.builders import new_file


def _groups(*files):
    return [[file.path for file in group] for group in group_related(files)]


@pytest.mark.parametrize(
    "path",
    [
        "cart.py",
        "test_cart.py",
        "cart_test.go",
        "cart.test.ts",
        "cart.spec.tsx",
        "CartTest.java",
        "CartTests.cs",
        "CartSpec.scala",
        "CartIT.java",
        "TestCart.java",
        "cart_spec.rb",
        "cart.h",
        "Cart.vue",
    ],
)
def test_a_test_a_header_and_a_source_have_the_same_subject(path):
    assert subject_of(f"any/{path}") == "cart"


def test_a_name_of_nothing_but_the_word_test_stands_for_itself():
    assert subject_of("test.py") == "test"
    assert subject_of(".env") == "env"


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("src/shop/cart.py", "tests/shop/test_cart.py"),
        ("src/cart.ts", "src/cart.test.ts"),
        ("src/cart.c", "src/cart.h"),
        ("src/main/java/Cart.java", "src/test/java/CartTest.java"),
        ("pkg/cart.go", "pkg/cart_test.go"),
    ],
)
def test_a_file_travels_with_its_test_or_header(path, other):
    assert _groups(new_file(path, "x"), new_file("z.py", "x"), new_file(other, "x")) == [[path, other], ["z.py"]]


def test_of_several_subjects_the_one_in_the_likeliest_folder_is_meant():
    shop, bank, test = "src/shop/cart.py", "src/bank/cart.py", "tests/bank/test_cart.py"

    assert _groups(new_file(shop, "x"), new_file(bank, "x"), new_file(test, "x")) == [[shop], [bank, test]]


def test_a_module_travels_with_the_file_that_imports_it():
    caller = new_file("src/app.py", "from shop.pricing import total")

    assert _groups(new_file("src/shop/pricing.py", "x"), new_file("b.py", "x"), caller) == [
        ["src/shop/pricing.py", "src/app.py"],
        ["b.py"],
    ]


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("src/pricing.py", "pricing = 3"),
        ("src/index.ts", "import x from './index'"),
        ("src/io.py", "import io"),
        ("docs/pricing.md", "import pricing"),
        ("src/pricing.py", "import pricing " + "x" * 300),
    ],
)
def test_a_name_that_says_too_little_groups_nothing(module, line):
    assert len(_groups(new_file(module, "x"), new_file("lib/other.py", line))) == 2


def test_a_name_that_two_modules_have_groups_nothing():
    files = new_file("a/pricing.py", "x"), new_file("b/pricing.py", "x"), new_file("c.py", "import pricing")

    assert len(_groups(*files)) == 3


def test_a_module_that_everybody_imports_groups_nobody():
    importers = [new_file(f"m{number}/caller{number}.py", "import pricing") for number in range(9)]

    assert len(_groups(new_file("pricing.py", "x"), *importers)) == 10


_PATHS = st.lists(
    st.sampled_from([f"{folder}{name}" for folder in ("", "a/", "tests/") for name in ("x.py", "test_x.py", "y.ts")]),
    unique=True,
)


@given(_PATHS)
def test_every_file_is_in_exactly_one_group(paths):
    grouped = [path for group in _groups(*(new_file(path, "import x, y") for path in paths)) for path in group]

    assert sorted(grouped) == sorted(paths)
