"""Results in forms that Jupyter shows before it trusts a notebook."""

import re
from base64 import b64decode
from xml.etree import ElementTree

from backprop import Tensor
from backprop.explain import backward_table, derivation, figure, plot
from backprop.explain.labels import label
from backprop.site.notebooks.results import outputs
from backprop.site.worker import _in_languages


def stored(view, language="es"):
    (output,) = outputs([_in_languages(view, ["en", language])], language)
    assert output["output_type"] == "display_data"
    assert output["data"]["text/plain"] == view.text(language)
    return output["data"]


def product():
    x, y = Tensor(2.0, "x"), Tensor(3.0, "y")
    g = (x * y).named("g")
    g.backward()
    return g, x


def test_what_is_printed_is_a_stream():
    assert outputs([{"text": "a\nb\n"}], "en") == [{"output_type": "stream", "name": "stdout", "text": "a\nb\n"}]


def test_a_figure_is_an_image_of_its_own():
    for view in (figure(product()[0], gradients=True), plot({"loss": ([1, 2], [3, 4])}, x="x", y="y")):
        html = stored(view)["text/html"]
        assert "<svg" not in html
        (image,) = re.findall(r"<img [^>]*>", html)
        source = re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', image)
        root = ElementTree.fromstring(b64decode(source[1]))  # as strict as a browser is with an image
        assert root.tag.endswith("svg")
        assert root.find("{*}style") is not None
        assert f'width="{root.get("width")}"' in image
        assert re.search(r'alt="[^"]+"', image)


def test_a_table_has_its_formulas_as_text():
    html = stored(backward_table(product()[0]))["text/html"]
    assert "<math" not in html
    assert "∂g/∂x = 3" in html
    assert f"<caption>{label('table.backward', 'es', output='g')}</caption>" in html
    assert '<div class="bp-view" lang="es"><style>' in html


def test_a_formula_is_latex():
    g, x = product()
    data = stored(derivation(g, x))
    assert "text/html" not in data
    assert data["text/latex"] == rf"$\displaystyle {derivation(g, x).latex_in('es')}$"
