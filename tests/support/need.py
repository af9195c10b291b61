"""What a test needs from the machine: skipped with a sentence where absent, a failure under REQUIRE_ALL=1."""

import os

import pytest


def all_required():
    """Whether nothing may be skipped (CI)."""
    return os.environ.get("REQUIRE_ALL") == "1"


def missing(how_to_get):
    """Skip the running test, or fail it where everything is required."""
    if all_required():
        pytest.fail(how_to_get, pytrace=False)
    pytest.skip(how_to_get)
