"""Only the door writes status, version and turn of a dossier; only hand-over its holder; only touch content_seq.

Reads the syntax trees. What it cannot resolve to another model it counts as a dossier.
"""

import ast

import pytest
from django.apps import apps

from dossiers.models import Dossier
from tests.support.source import FLOORS, ROOT, app_files, place, tree

pytestmark = pytest.mark.once
STATE = {"status", "version", "turn", "turn_since", "holder", "holder_id", "content_seq", "code"}
MAY_WRITE = {
    "dossiers/door.py": {"status", "version", "turn", "turn_since", "code"},
    "dossiers/handover.py": {"version", "holder"},
    "dossiers/content.py": {"content_seq"},
}
# Helpers that take the model as an argument, read by eye: only models with a version of their own are passed.
READ_BY_EYE = {("reports/filing.py", "_write"): "Entry or Narrative"}
UPDATERS = {"update", "aupdate"}
OTHERS = {model.__name__ for app in FLOORS for model in apps.get_app_config(app).get_models()} - {"Dossier"}
ACCESSORS: dict[str, set] = {}
for _app in FLOORS:
    for _model in apps.get_app_config(_app).get_models():
        for _relation in _model._meta.related_objects:
            ACCESSORS.setdefault(_relation.get_accessor_name(), set()).add(_relation.related_model)


def model_of(node, bound, depth=0):
    """Name of the model a queryset expression starts from; "" when it cannot be told."""
    if depth > 20:
        return ""
    if isinstance(node, ast.Call):
        return model_of(node.func, bound, depth + 1)
    if isinstance(node, ast.Attribute):
        if node.attr in ACCESSORS and not isinstance(node.value, ast.Call):
            targets = ACCESSORS[node.attr]
            return "Dossier" if Dossier in targets else next(iter(targets)).__name__
        return model_of(node.value, bound, depth + 1)
    if isinstance(node, ast.Name):
        if node.id == "Dossier" or node.id in OTHERS:
            return node.id
        meant = {model_of(each, bound, depth + 1) for each in bound.get(node.id, ())}
        return "Dossier" if "Dossier" in meant else "" if "" in meant else next(iter(meant), "")
    return ""


def bindings(scope):
    """name → expressions assigned to it in ``scope``, so that ``row = Dossier.objects…; row.update()`` is seen."""
    found = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            # ``rows = rows.filter(…)`` says nothing about where rows came from.
            if name not in {inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name)}:
                found.setdefault(name, []).append(node.value)
    return found


def written_by_update(call, bound):
    """Guarded columns an ``update()`` or ``bulk_update()`` call may write; "**" for an unreadable one."""
    method = call.func.attr
    if method not in UPDATERS | {"bulk_update", "update_or_create"}:
        return set()
    model = model_of(call.func.value, bound)
    if model in OTHERS:
        return set()
    if method in {"bulk_update", "update_or_create"}:
        literals = {node.value for node in ast.walk(call) if isinstance(node, ast.Constant)}
        return literals & STATE
    names = {keyword.arg for keyword in call.keywords} & STATE
    return names | ({"**"} if model == "Dossier" and None in {keyword.arg for keyword in call.keywords} else set())


def written_by_assignment(node):
    """Guarded columns assigned on something called a dossier, and status or turn assigned on anything else."""
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in (inner for outer in targets for inner in ast.walk(outer)):
        if isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store):
            owner = ast.unparse(target.value)
            wide = target.attr in {"turn", "turn_since", "holder", "holder_id", "content_seq"} and owner != "self"
            if (target.attr in STATE and owner.split(".")[-1] in {"dossier", "row"}) or wide:
                yield target.attr


def writers(path):
    """(place, columns) of everything in a file that may write guarded columns."""
    module = tree(path)
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    inside = {id(node) for function in functions for node in ast.walk(function) if node is not function}
    name = str(path.relative_to(ROOT))
    for scope in [module, *(f for f in functions if (name, f.name) not in READ_BY_EYE)]:
        bound = bindings(scope)
        for node in ast.walk(scope):
            if scope is module and id(node) in inside:
                continue
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if columns := written_by_update(node, bound):
                    yield place(path, node), columns
            elif columns := set(written_by_assignment(node)):
                yield place(path, node), columns


def test_guarded_columns_are_written_by_their_door_only():
    wrong = []
    for path in app_files():
        name = str(path.relative_to(ROOT))
        allowed = MAY_WRITE.get(name, set()) | ({"**"} if name in MAY_WRITE else set())
        wrong += [
            f"{where} writes {sorted(columns - allowed)}" for where, columns in writers(path) if columns - allowed
        ]
    assert sorted(set(wrong)) == []


def test_the_law_sees_the_known_writers():
    """A law that sees nothing would pass for ever."""
    seen = {name: set().union(*(c for _, c in writers(ROOT / name))) for name in MAY_WRITE}
    assert "**" in seen["dossiers/door.py"]
    assert {"version", "holder"} <= seen["dossiers/handover.py"]
    assert "content_seq" in seen["dossiers/content.py"]


def test_touch_is_given_no_guarded_column():
    wrong = []
    for path in app_files():
        for node in ast.walk(tree(path)):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if name == "touch" and {keyword.arg for keyword in node.keywords} & STATE:
                wrong.append(place(path, node))
    assert wrong == []


def test_no_raw_sql_changes_a_dossier():
    wrong = [
        place(path, node)
        for path in app_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "dossiers_dossier" in node.value.lower()
        and any(word in node.value.lower() for word in ("update ", "insert ", "delete "))
    ]
    assert wrong == []
