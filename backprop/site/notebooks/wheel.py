"""The wheel that a reader of a notebook installs: built from the site's own project, with the project's own builder.

No network and no environment of its own: what builds the project, the `build-backend` of its `pyproject.toml`, has to
be installed.
"""

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_PROJECT = re.compile(r"^(?P<folder>.*?)(?P<extras>\[[\w\s,.-]+\])?$")
_CALL = "import importlib, sys; importlib.import_module(sys.argv[1]).build_wheel(sys.argv[2])"
_TIME = {"SOURCE_DATE_EPOCH": "1580601600"}
"""Of the files in the wheel, unless it is set outside: so that the wheel of the same files is always the same."""


class WheelError(Exception):
    """The wheel cannot be built; the message says why, and what to do."""


@dataclass(frozen=True)
class Wheel:
    """A wheel, and the extras that are to be installed with it, such as `[docs]`."""

    name: str
    content: bytes
    extras: str

    @property
    def requirement(self) -> str:
        """The distribution with its extras, as pip names it."""
        return self.name.split("-")[0].replace("_", "-") + self.extras


def build_wheel(project: str, root: Path) -> Wheel:
    """Build the wheel of a project.

    Args:
        project: its folder, with the extras that readers need, as pip names it: `.[docs]`.
        root: what the folder is relative to.

    Raises:
        WheelError: there is no project in the folder, or it does not build.

    """
    match = _PROJECT.match(project)
    assert match is not None
    folder = (root / match["folder"]).resolve()
    try:
        backend = str(
            tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["build-backend"]
        )
    except (OSError, KeyError, ValueError) as error:
        problem = f"{folder} is not a project with a `build-backend` in its pyproject.toml"
        raise WheelError(f"wheel: {problem} ({type(error).__name__}: {error})") from None
    with TemporaryDirectory(prefix="wheel-") as target:
        command = [sys.executable, "-c", _CALL, backend, target]
        # The folder of the project is on the path for a builder that is part of it.
        done = subprocess.run(command, cwd=folder, env=_TIME | os.environ, capture_output=True, encoding="utf-8")
        found = next(Path(target).glob("*.whl"), None)
        if done.returncode or found is None:
            said = (done.stderr.strip().splitlines() or [f"its builder ended with code {done.returncode}"])[-1]
            advice = f"Install what builds it ({backend.split('.')[0]}), or leave out the option `wheel`"
            raise WheelError(f"wheel: {folder} cannot be built: {said}. {advice}.")
        return Wheel(found.name, found.read_bytes(), match["extras"] or "")
