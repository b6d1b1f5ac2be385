import sys

import pytest

from backprop.explain import layout
from backprop.explain.layout import Box, Link, lay_out

BOXES = (Box("a", 40, 36), Box("b", 40, 36), Box("c", 36, 36, round=True))
LINKS = (Link("ac", "a", "c"), Link("bc", "b", "c"), Link("ac2", "a", "c"))


def test_layers_run_from_left_to_right_and_operands_from_top_to_bottom() -> None:
    found = lay_out(BOXES, LINKS)
    assert found.centers["a"][0] == found.centers["b"][0] < found.centers["c"][0]
    assert found.centers["a"][1] < found.centers["b"][1]
    assert all((len(curve) - 1) % 3 == 0 for curve in found.curves.values())
    assert found.curves["ac"] != found.curves["ac2"]


def test_nothing_overlaps() -> None:
    found = lay_out(BOXES, LINKS)
    (ax, ay), (bx, by) = found.centers["a"], found.centers["b"]
    assert abs(ay - by) >= 36 or abs(ax - bx) >= 40


def test_the_layout_is_the_same_every_time() -> None:
    first = lay_out(BOXES, LINKS)
    lay_out.cache_clear()
    assert lay_out(BOXES, LINKS) == first


def test_without_graphviz_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(ImportError, match=r'pip install "backprop-tutorial\[docs\]"'):
        layout._graphviz()
