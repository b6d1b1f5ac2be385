"""Frameworks to compare with, in an extra of their own: `pip install -e ".[peers]"`. In CI they must be there."""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest


def framework(name: str) -> Any:
    """The module, for a test that compares with it; without it, the test is skipped, and in CI fails."""
    if find_spec(name) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed: in CI we are compared with it")
        pytest.skip(f'{name} is not installed: pip install -e ".[peers]"')
    return import_module(name)
