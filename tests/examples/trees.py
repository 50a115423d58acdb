"""The folders of an example, as files that a repository can be made of."""

from pathlib import Path

SHOP = Path(__file__).parent / "shop"
SUFFIX = ".example"  # so that the rules of an example do not govern this repository


def tree(name: str, example: Path = SHOP) -> dict[str, str]:
    """Path → text of every file below one of an example's folders."""
    folder = example / name
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix().removesuffix(SUFFIX): path.read_text(encoding="utf-8") for path in paths
    }
