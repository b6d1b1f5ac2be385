"""What we are compared with is in extras. Where it is missing a test is skipped, which in CI is a failure."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest


def framework(name: str) -> Any:
    """The module, for a test that compares with it or uses it."""
    if find_spec(name) is None:
        pytest.skip(f'{name} is not installed: pip install -e ".[dev,peers]"')
    return import_module(name)
