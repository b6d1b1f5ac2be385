"""The wheel of a project, by whatever builds it."""

from pathlib import Path

import pytest

from backprop.site.notebooks.wheel import WheelError, build_wheel

BUILDER = """
from pathlib import Path

def build_wheel(folder, settings=None, metadata=None):
    print("hello")
    Path(folder, "ohms_law-1.2-py3-none-any.whl").write_bytes(Path("ohm.py").read_bytes())
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "builder.py").write_text(BUILDER)
    (tmp_path / "ohm.py").write_text("u = 1\n")
    (tmp_path / "pyproject.toml").write_text('[build-system]\nrequires = []\nbuild-backend = "builder"\n')
    return tmp_path


def test_the_wheel_of_a_project_with_its_extras(project):
    wheel = build_wheel(f"{project.name}[docs, plot]", project.parent)
    assert (wheel.name, wheel.content) == ("ohms_law-1.2-py3-none-any.whl", b"u = 1\n")
    assert wheel.requirement == "ohms-law[docs, plot]"
    assert build_wheel(".", project).requirement == "ohms-law"


def test_our_own_wheel_is_always_the_same(repository):
    first, second = build_wheel(".[docs]", repository), build_wheel(".[docs]", repository)
    assert first == second
    assert first.name.startswith("backprop_tutorial-")
    assert first.requirement == "backprop-tutorial[docs]"


@pytest.mark.parametrize("settings", [None, "[project]\nname = 'x'\n", "[build-system"])
def test_a_folder_that_is_no_project_is_named(project, settings):
    (project / "pyproject.toml").unlink()
    if settings:
        (project / "pyproject.toml").write_text(settings)
    with pytest.raises(WheelError, match=f"wheel: {project} is not a project"):
        build_wheel(".", project)


def test_what_is_missing_or_wrong_is_said(project):
    (project / "builder.py").write_text("raise SystemError('out of order')\n")
    with pytest.raises(WheelError, match=r"cannot be built: SystemError: out of order\. Install .* \(builder\)"):
        build_wheel(".", project)
    (project / "builder.py").write_text("def build_wheel(*arguments): pass\n")
    with pytest.raises(WheelError, match="ended with code 0"):
        build_wheel(".", project)
