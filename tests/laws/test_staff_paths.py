"""What the Sở is told of leads to a page of the Sở's own: every duty says which."""

import ast

import pytest

from tests.support.source import app_files, place, tree

pytestmark = pytest.mark.once


def test_every_provider_says_where_the_department_sees_its_duties():
    made = [
        (path, node)
        for path in app_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Duty"
    ]
    assert len(made) >= 6
    named = [(path, node, {keyword.arg for keyword in node.keywords}) for path, node in made]
    assert [place(path, node) for path, node, given in named if "staff_path" not in given] == []
