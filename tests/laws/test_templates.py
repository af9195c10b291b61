"""Templates keep to the strict Content-Security-Policy, compile, and link to pages that exist."""

import ast
import re

import pytest
from django.template.base import Node
from django.template.defaulttags import URLNode
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.urls import get_resolver

from tests.support.source import app_files, place, template_files, tree

pytestmark = pytest.mark.once
HTML = [(name, path) for name, path in template_files() if path.suffix in {".html", ".txt"}]
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.I),
    "event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I),
    "javascript address": re.compile(r"(href|src|action)\s*=\s*[\"']?\s*javascript:", re.I),
}


def faults(text):
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize(("name", "path"), HTML, ids=[name for name, _ in HTML])
def test_template_compiles_and_has_nothing_inline(name, path):
    get_template(name)
    if "mail" not in path.parent.parts:  # mail programs read no stylesheet, and no policy of ours reaches them
        assert faults(path.read_text(encoding="utf-8")) == []


def test_markup_made_by_code_has_nothing_inline():
    wrong = [
        f"{place(path, node)}: {found}"
        for path in app_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := faults(node.value))
    ]
    assert wrong == []


def nodes_of(name):
    return get_template(name).template.nodelist.get_nodes_by_type(Node)


def literal(expression):
    value = getattr(getattr(expression, "var", None), "literal", None) if expression is not None else None
    text = getattr(expression, "var", None)
    return text if isinstance(text, str) else value if isinstance(value, str) else None


@pytest.mark.parametrize("name", [name for name, _ in HTML])
def test_template_extends_and_includes_existing_templates(name):
    for node in nodes_of(name):
        expression = node.parent_name if isinstance(node, ExtendsNode) else getattr(node, "template", None)
        if isinstance(node, ExtendsNode | IncludeNode) and (wanted := literal(expression)):
            get_template(wanted)


def url_names(resolver=None, prefix=""):
    resolver = resolver or get_resolver()
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from url_names(entry, inner)
        elif entry.name:
            yield f"{prefix}{entry.name}"


def test_templates_link_to_known_addresses():
    known = set(url_names())
    wrong = [
        f"{name}: {wanted}"
        for name, _ in HTML
        for node in nodes_of(name)
        if isinstance(node, URLNode) and not node.asvar and (wanted := literal(node.view_name)) and wanted not in known
    ]
    assert wrong == []
