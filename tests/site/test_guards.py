"""The real pages, spoilt in one place: the build must fail, whatever its flags, and say where."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def edit(path: str, pattern: str, replacement: str) -> Callable[[Path], None]:
    def spoil(site: Path) -> None:
        page = site / "docs" / path
        text, count = re.subn(pattern, lambda _: replacement, page.read_text("utf-8"), count=1)
        assert count == 1, f"{path} has no {pattern}"
        page.write_text(text, "utf-8")

    return spoil


def append(path: str, text: str) -> Callable[[Path], None]:
    def spoil(site: Path) -> None:
        with (site / "docs" / path).open("a", encoding="utf-8") as page:
            page.write(text)

    return spoil


RAISING = '\n```python exec="on"\nraise RuntimeError("spoilt")\n```\n'

SPOILT = {
    "raising block in one language": (append("ko/forward-pass.md", RAISING), ["docs/ko/forward-pass.md"]),
    "changed number in a sentence": (
        edit("pt/forward-pass.md", r"\$x = 4\$, \$y = -6\$, \$z = 5\$", "$x = 4$, $y = -6$, $z = 6$"),
        ["docs/pt/forward-pass.md"],
    ),
    "changed digit in prose": (
        edit("pt/forward-pass.md", r"(?m)^(###[^{]*)\b0\b", "### Zero 7 "),
        ["pt/forward-pass.md"],
    ),
    "missing page": (lambda site: (site / "docs/zh/backward-pass.md").unlink(), ["docs/zh/backward-pass.md"]),
    "derivative upside down": (
        append("es/backward-pass.md", "\n$\\frac{\\partial x}{\\partial f}$\n"),
        ["docs/es/backward-pass.md", "parity/formula", "notation/upside-down"],
    ),
    "source edited without its translations": (
        edit("en/index.md", r"You need to know", "You do need to know"),
        [f"docs/{language}/index.md" for language in ("es", "zh", "ko", "pt")],
    ),
    "raising example": (
        edit("examples/forward_pass.py", r'show\(figure\(g, step=\("forward", 2\)\)\)', "show(figure(g) / 0)"),
        ["docs/en/forward-pass.md", "forward_pass.py", "TypeError"],
    ),
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    (tmp_path / "mkdocs.yml").write_text(config.replace("      wheel: .[docs]\n", ""), "utf-8")  # of another folder
    return tmp_path


def build(site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--no-strict"]
    return subprocess.run(command, cwd=site, capture_output=True, encoding="utf-8", timeout=300, check=False)


def test_unspoilt(site: Path) -> None:
    result = build(site)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (site / "site" / "ko" / "backward-pass" / "index.html").exists()


@pytest.mark.parametrize("case", SPOILT)
def test_spoilt(case: str, site: Path) -> None:
    spoil, named = SPOILT[case]
    spoil(site)
    result = build(site)
    assert result.returncode != 0
    for name in named:
        assert name in result.stderr
    assert not (site / "site").exists()
