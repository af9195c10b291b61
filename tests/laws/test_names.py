"""Names on the screen: tables in small letters (Django puts the capital where a line begins), one word for e-mail."""

import ast
import re

import pytest
from django.apps import apps
from django.contrib import admin

from tests.support.source import FLOORS, app_files, place, template_files, tree

pytestmark = pytest.mark.once
EMAIL = re.compile(r"(?<![\w.@/_-])e-?mail(?![\w@_./=-])", re.I)
# The official form Mẫu I.01-ĐHNV itself says “Email”.
OF_THE_FORM = {"proposals/items.py", "proposals/models.py"}


def named():
    for app in FLOORS:
        for model in apps.get_app_config(app).get_models():
            yield model._meta.label, str(model._meta.verbose_name), str(model._meta.verbose_name_plural)
    for one in admin.site._registry.values():
        for inline in one.inlines:
            names = (inline.verbose_name, inline.verbose_name_plural)
            yield inline.__name__, *(str(name or "") for name in names)


def test_tables_are_named_in_small_letters():
    wrong = [(where, name) for where, *names in named() for name in names if name[:1].isupper()]
    assert wrong == []


def spoken(path):
    """String constants of a file that are no docstrings and hold Vietnamese or a single word."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node


def says_email(text):
    """“email” alone in small letters is a name in the code; in a sentence it is spoken."""
    return bool(EMAIL.search(text)) and text != "email"


def test_the_word_is_thu_dien_tu():
    found = []
    for path in app_files():
        found += [f"{place(path, node)}: {node.value[:60]}" for node in spoken(path) if says_email(node.value)]
    found = [one for one in found if one.split(":")[0] not in OF_THE_FORM]
    for name, path in template_files():
        text = re.sub(r"\{[%{#].*?[%}#]\}|<[^>]*>", " ", path.read_text(encoding="utf-8", errors="ignore"))
        found += [f"{name}: {match.group(0)}" for match in EMAIL.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", ["Chưa có e-mail", "Email", "Địa chỉ email này"])
def test_the_law_hears_the_other_words(text):
    assert says_email(text)
