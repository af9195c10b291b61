"""Imports go down the floors, never up, never sideways – also those hidden inside functions."""

import ast

import pytest
from django.apps import apps
from django.conf import settings

from tests.support.source import FLOORS, app_files, app_of, place, tree

LOADERS = {"import_module", "import_string", "get_model", "__import__"}


def named_modules(path):
    """(node, dotted name) of everything a file imports, by statement or by a loader with a literal name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module if node.level == 0 else app_of(path)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in LOADERS and isinstance(node.args[0].value, str):
                yield node, node.args[0].value


def arrows_up(path):
    mine = app_of(path)
    for node, module in named_modules(path):
        other = module.split(".")[0]
        if other in {"tests", "ops"} or (other in FLOORS and other != mine and FLOORS[other] >= FLOORS[mine]):
            yield f"{place(path, node)} imports {module}"


@pytest.mark.once
def test_imports_go_down_only():
    assert [arrow for path in app_files() for arrow in arrows_up(path)] == []


@pytest.mark.once
def test_foreign_keys_go_down_only():
    wrong = []
    for app in FLOORS:
        if not apps.is_installed(app) and app != "kltn_portal":
            wrong.append(f"{app} is not installed")
            continue
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                target = field.related_model
                if target is None or target._meta.label == settings.AUTH_USER_MODEL:
                    continue
                other = target._meta.app_label
                if other != app and FLOORS.get(other, 99) >= FLOORS[app]:
                    wrong.append(f"{field} points to {target._meta.label}")
    assert wrong == []


@pytest.mark.once
def test_every_app_has_a_floor():
    own = {name.split(".")[0] for name in settings.INSTALLED_APPS} - {"django", "crispy_forms", "crispy_bootstrap5"}
    assert own == set(FLOORS)
