"""Every action and every particular written to the audit trail has a Vietnamese name. Reads the syntax trees."""

import ast

import pytest

from accounts.profile import OWN_FIELDS
from dossiers.moving import DATES
from notices.models import Mail
from notices.states import BY_HAND
from records.audit_labels import DETAILS, LABELS, VALUES
from tests.support.source import ROOT, app_files, place, tree

pytestmark = pytest.mark.once
# Codes put together while running, read by eye: {file: (the expression, what it comes to)}.
READ_BY_EYE = {
    "notices/settling.py": ("f'mail.{action}'", {f"mail.{action}" for action in BY_HAND}),
    "records/staff.py": ("action", {"admin.added", "admin.changed"}),
}
PAPER = {"number", "arrived_on", "counted_on", "days_late"}
# The same for particulars whose names are put together while running.
KEYS_READ_BY_EYE = {
    ("accounts/profile.py", "before"): set(OWN_FIELDS),
    ("reports/kind.py", "paper_detail(kept)"): PAPER,
    ("reports/correcting.py", "paper_detail(kept)"): PAPER,
    ("dossiers/letter_correcting.py", "_values(kept)"): {"number", "issued_on", "signer"},
    ("dossiers/moving.py", "{name: _plain(getattr(kept, name)) for name in DATES}"): set(DATES),
    ("dossiers/moving.py", "{name: _plain(value) for name, value in dates.items()}"): set(DATES),
}
WRITER = "records/audit.py"  # the one place that creates the rows
MAKERS = {f"AuditEntry{way}" for way in ("", ".objects.create", ".objects.get_or_create", ".objects.bulk_create")}


def name_of(path):
    return str(path.relative_to(ROOT))


def literals(node, bound):
    """The strings an expression may come to, or ``None`` when it is put together while running."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        both = literals(node.body, bound), literals(node.orelse, bound)
        return None if None in both else both[0] | both[1]
    if isinstance(node, ast.Name) and node.id in bound:
        found = [literals(value, {}) for value in bound[node.id]]
        return None if None in found else set().union(*found)
    return None


def calls(source):
    """(call, its ``action`` or ``None`` where it is hidden, name → values assigned in the same function)."""
    scopes = [node for node in ast.walk(source) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    seen = set()
    for scope in [*reversed(scopes), source]:  # the innermost function first
        bound = {}
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                bound.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(scope):
            called = isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called == "audit" and node not in seen:
                seen.add(node)
                yield node, next((one.value for one in node.keywords if one.arg == "action"), None), bound


def unnamed(file, source):
    """Actions of one file without a name, and expressions nobody has read."""
    for node, action, bound in calls(source):
        codes = literals(action, bound)
        if codes is None and action is not None and READ_BY_EYE.get(file, ("",))[0] == ast.unparse(action):
            codes = READ_BY_EYE[file][1]
        if codes is None:
            yield node, ast.unparse(action) if action is not None else "no action"
        else:
            yield from ((node, code) for code in sorted(codes - set(LABELS)))


def test_every_action_written_has_a_name():
    found = [
        f"{place(path, node)}: {said}" for path in app_files() for node, said in unnamed(name_of(path), tree(path))
    ]
    assert found == []


def test_the_actions_of_the_admin_are_the_ones_read_by_eye():
    told = [
        node.args[2].value
        for node in ast.walk(tree(ROOT / "records/staff.py"))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_trail"
    ]
    assert set(told) == READ_BY_EYE["records/staff.py"][1]
    elsewhere = [name_of(path) for path in app_files() if "_trail(" in path.read_text(encoding="utf-8")]
    assert elsewhere == ["records/staff.py"]


def test_rows_are_made_in_one_place():
    makers = [
        place(path, node)
        for path in app_files()
        if name_of(path) != WRITER
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in MAKERS
    ]
    assert makers == []


@pytest.mark.parametrize(
    "line",
    [
        "audit(action='never.named')",
        "audit(action=code)",
        "audit(**facts)",
        "def work(code):\n    audit(action=code)",
        "def work():\n    code = 'never.named'\n    audit(action=code)",
        "def work():\n    code = 'hold.made'\n    code = found()\n    audit(action=code)",
    ],
)
def test_the_law_sees_an_action_without_a_name(line):
    assert [said for _, said in unnamed("accounts/upkeep.py", ast.parse(line))]


def keys(node, bound, file):
    """Names of the particulars an expression may write, inner ones too; ``None`` stands for one nobody has read."""
    if isinstance(node, ast.Name) and node.id in bound and (file, node.id) not in KEYS_READ_BY_EYE:
        return set().union(*(keys(value, bound, file) for value in bound[node.id]))
    if isinstance(node, ast.Dict):
        inner = [keys(value, bound, file) for value in node.values]
        plain = {getattr(key, "value", None) for key, found in zip(node.keys, inner, strict=True) if key or not found}
        return plain.union(*inner)
    if isinstance(node, ast.IfExp):
        return keys(node.body, bound, file) | keys(node.orelse, bound, file)
    if isinstance(node, ast.DictComp) or (isinstance(node, ast.Name) and (file, node.id) in KEYS_READ_BY_EYE):
        return KEYS_READ_BY_EYE.get((file, ast.unparse(node)), {None})
    return KEYS_READ_BY_EYE.get((file, ast.unparse(node)), set())


def details(file, source):
    """(call, names of its particulars); a ``detail`` that is no dictionary to be read here counts as unread."""
    for node, _, bound in calls(source):
        detail = next((one.value for one in node.keywords if one.arg == "detail"), None)
        if detail is not None:
            yield node, keys(detail, bound, file) or {None}


def test_every_particular_written_has_a_name():
    found = [
        f"{place(path, node)}: {key}"
        for path in app_files()
        for node, names in details(name_of(path), tree(path))
        for key in names - set(DETAILS)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "audit(action='x', detail=facts)",
        "audit(action='x', detail={key: 1})",
        "audit(action='x', detail={'never_named': 1})",
        "audit(action='x', detail={'note': {'never_named': 1}})",
        "def work():\n    detail = {'note': {name: 1 for name in names}}\n    audit(action='x', detail=detail)",
    ],
)
def test_the_law_sees_a_particular_without_a_name(line):
    assert [key for _, names in details("x.py", ast.parse(line)) for key in names - set(DETAILS)]


def test_the_particulars_of_a_letter_received_are_the_ones_read_by_eye():
    (made,) = [
        node.body[-1].value
        for node in tree(ROOT / "reports/kind.py").body
        if isinstance(node, ast.FunctionDef) and node.name == "paper_detail"
    ]
    assert {key.value for key in made.keys} == PAPER


def test_states_of_a_mail_are_called_as_on_the_mail():
    assert VALUES["from"] == VALUES["to"] == dict(Mail.State.choices)


def test_names_are_different_and_speak_vietnamese():
    assert len(set(LABELS.values())) == len(LABELS)
    assert all(label[0].isupper() and not label.isascii() for label in LABELS.values())
