"""The first cells of a notebook: what it is, how to install what it needs, and the language of its results."""

from dataclasses import dataclass

from ...explain.labels import languages
from ..messages import message
from .inline import markdown
from .wheel import Wheel


@dataclass(frozen=True)
class Origin:
    """Where a notebook comes from: names of page and site, and the page's address if it has one."""

    title: str
    site: str
    address: str | None
    language: str


def opening(origin: Origin, wheel: Wheel | None, wheel_address: str | None) -> list[tuple[str, str]]:
    """Kinds and sources of the first cells.

    The wheel is installed from its address; without one, the reader is told how to run a copy of the project.
    """
    title = f"[{markdown(origin.title)}]({origin.address})" if origin.address else markdown(origin.title)
    about = message("notebook_about", origin.language, title=title, site=markdown(origin.site))
    cells = []
    if wheel and wheel_address:
        about += f"\n\n{message('notebook_install', origin.language)}"
        cells.append(("code", f'%pip install --quiet "{wheel.requirement} @ {wheel_address}"'))
    elif wheel:
        command = f'```bash\npython -m pip install -e ".{wheel.extras}"\n```'
        about += f"\n\n{message('notebook_copy', origin.language)}\n\n{command}"
    if origin.language in languages():
        choice = f'from backprop.explain import set_language\n\nset_language("{origin.language}")'
        cells.append(("code", choice))
    return [("markdown", about), *cells]
