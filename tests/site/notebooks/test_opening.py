"""The first cells: what a notebook is, how to run it, its language."""

import pytest

from backprop.explain import languages
from backprop.site.notebooks.opening import Origin, opening
from backprop.site.notebooks.wheel import Wheel

WHEEL = Wheel("ohms_law-1.2-py3-none-any.whl", b"", "[docs]")
ADDRESS = "https://example.org/notebooks/ohms_law-1.2-py3-none-any.whl"


def test_a_published_notebook_installs_the_wheel():
    (_, about), (kind, install), (_, language) = opening(
        Origin("Ohm's *law*", "Physics", "https://example.org/es/", "es"), WHEEL, ADDRESS
    )
    assert r"[Ohm's \*law\*](https://example.org/es/)" in about
    assert (kind, install) == ("code", f'%pip install --quiet "ohms-law[docs] @ {ADDRESS}"')
    assert language.endswith('set_language("es")')


def test_without_an_address_it_says_how_to_run_a_copy():
    (kind, about), (_, language) = opening(Origin("Ohm", "Physics", None, "ko"), WHEEL, None)
    assert kind == "markdown"
    assert '```bash\npython -m pip install -e ".[docs]"\n```' in about
    assert language.endswith('set_language("ko")')


def test_a_language_without_labels_is_not_set():
    assert [kind for kind, _ in opening(Origin("Ohm", "Physik", None, "de"), None, None)] == ["markdown"]


@pytest.mark.parametrize("language", languages())
def test_it_speaks_the_language_of_the_page(language):
    texts = {opening(Origin("Ohm", "Physics", None, code), WHEEL, None)[0][1] for code in ("en", language)}
    assert len(texts) == 1 + (language != "en")
