"""Make `labels-cjk.otf`: the Chinese and Korean characters of the labels of plots, from Noto Sans CJK.

    python backprop/explain/fonts/make.py NotoSansCJK-Regular.ttc

Needs fontTools (extra `docs`). Run it when a test says that a character of `labels.toml` is missing.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FONT = Path(__file__).with_name("labels-cjk.otf")
LABELS = Path(__file__).parent.with_name("labels.toml")
NAME = "Backprop Labels CJK"
FIRST = "\u2e80"
"""Where the East Asian scripts begin; what comes before is in every font."""


def characters() -> set[str]:
    """All East Asian characters that a plot can need."""
    labels = tomllib.loads(LABELS.read_text("utf-8"))
    return {c for section in ("training", "metric") for text in _texts(labels[section]) for c in text if c >= FIRST}


def make(source: Path) -> None:
    """Write the font."""
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTCollection  # type: ignore[import-untyped]

    font = next(font for font in TTCollection(source).fonts if font["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    options.drop_tables += ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(c) for c in characters()])
    subsetter.subset(font)
    for name_id, text in {1: NAME, 4: NAME, 6: NAME.replace(" ", "")}.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["CFF "].cff.fontNames = [NAME.replace(" ", "")]
    font.save(FONT)


def _texts(table: Mapping[str, Any]) -> Iterator[str]:
    for value in table.values():
        if isinstance(value, str):
            yield value
        else:
            yield from _texts(value)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
