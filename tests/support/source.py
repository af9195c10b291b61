"""The project's own source files, for tests that read them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Floor of each app; imports go to a lower number or stay in the app (architecture.md).
FLOORS = {
    "records": 0,
    "districts": 1,
    "accounts": 2,
    "notices": 3,
    "dossiers": 4,
    "proposals": 5,
    "reports": 5,
    "kltn_portal": 6,
}


def app_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


@cache
def app_files() -> tuple:
    """Every Python file of the apps, migrations left out."""
    found = [path for app in FLOORS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    return tuple(sorted(found))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


@cache
def template_files() -> tuple:
    """(name as loaded, path) of every template of the project."""
    roots = [ROOT / "templates", *(ROOT / app / "templates" for app in FLOORS)]
    found = [(str(path.relative_to(root)), path) for root in roots for path in root.rglob("*") if path.is_file()]
    return tuple(sorted(found))
