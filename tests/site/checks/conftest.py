"""A small site in three languages, faithful in all of them, and a way to spoil one page of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backprop.site.checks import Finding, check_site
from backprop.site.checks.freshness import stamp
from backprop.site.checks.page import read_page

PAGES = {
    "en": r"""---
title: Two passes, 1 graph
description: How values and derivatives move.
---

The top has a formula, $p = x + y$, and one number: 7.

# Passes { #passes }

Take $x = 1$ and `Tensor` in 2 steps; see [the graph](graph.md#edges "A graph").

$$
\frac{\partial g}{\partial x} = \sin x \quad\text{if } x > 0
$$

## Forward { #forward }

```python exec="on" source="above" title="forward.py"
--8<-- "forward.py:graph"
```

The value is {{ p }} and $g = {{ g }}$, after 1,000 steps of −0.5.

!!! warning "Be careful"

    Not $y$, and not 3:

    ```python
    cost = "$5"  # a $ in code
    ```

![A graph with 4 nodes](../assets/graph.svg){ width="300" }

| node | value |
|------|------:|
| `p`  |     4 |

1. First
2. Second costs \$8

## Backward { #backward }

??? tip "More"

    - A list with a formula:
      $$
      g = p
        - z
      $$

See <https://en.wikipedia.org/wiki/Graph_(abstract_data_type)>.
""",
    "es": r"""---
title: Dos pasadas, 1 grafo
description: Cómo se mueven los valores y las derivadas.
---

Hay un número, 7, y una fórmula, $p = x + y$.

# Pasadas { #passes }

En 2 pasos: toma $x=1$ y `Tensor`; mira [el grafo](graph.md#edges "Un grafo").

$$
\frac {\partial g} {\partial x} = \operatorname{sen} x \quad \text{si } x > 0
$$

## Hacia adelante { #forward }

```python exec="on" source="above" title="adelante.py"
--8<-- "forward.py:graph"
```

Tras 1000 pasos de -0.5, $g = {{ g }}$ y el valor es {{ p }}.

!!! warning "Cuidado"

    No es 3, ni $y$:

    ```python
    cost = "$5"  # a $ in code
    ```

![Un grafo de 4 nodos](../assets/graph.svg){ width="300" }

| nodo | valor |
|------|------:|
| `p`  |     4 |

1. Primero
2. El segundo cuesta \$8

## Hacia atrás { #backward }

??? tip "Más"

    - Una lista con una fórmula:
      $$
      g = p
        - z
      $$

Mira <https://es.wikipedia.org/wiki/Grafo>.
""",
    "zh": r"""---
title: 两次传播，1 张图
description: 值和导数如何流动。
---

这里有数字7和公式 $p = x + y$。

# 传播 { #passes }

分2步：取 $x = 1$ 和 `Tensor`；见[图](graph.md#edges "一张图")。

$$
\frac{\partial g}{\partial x} = \sin x \quad\text{若 } x > 0
$$

## 前向 { #forward }

```python exec="on" source="above" title="前向.py"
--8<-- "forward.py:graph"
```

经过1000步，每步为-0.5，值为 {{ p }}，$g = {{ g }}$。

!!! warning "注意"

    不是 $y$，也不是3：

    ```python
    cost = "$5"  # a $ in code
    ```

![有4个节点的图](../assets/graph.svg){ width="300" }

| 节点 | 值 |
|------|------:|
| `p`  |     4 |

1. 第一
2. 第二要 \$8

## 反向 { #backward }

??? tip "更多"

    - 带公式的列表：
      $$
      g = p
        - z
      $$

见 <https://zh.wikipedia.org/wiki/图>。
""",
}
GLOSSARY = """key,en,es,zh,avoid,note
graph,graph,grafo,图,es:gráfico|zh:图表,"es: a gráfico is a chart. zh: 图表 is a chart."
gradient,gradient,gradiente (vector),梯度,es:degradado|en:slope,A vector.
chart,bar chart,gráfico de barras,条形图表,,
"""
REJECTED = r"""
[[reject]]
name = "upside-down"
stages = [["x", "y"], ["p"], ["g"]]
scope = "anywhere"
reason = "the output is above"
instead = '\frac{\partial g}{\partial x}'

[[reject]]
name = "asterisk"
text = '\ast'
scope = "formula"
reason = "a convolution"
instead = '\cdot'

[[reject]]
name = "name"
regex = '\bTensorflow\b'
scope = "prose"
languages = ["es", "zh"]
reason = "a proper name"
instead = "TensorFlow"
"""


class Site:
    """Pages `docs/LANGUAGE/passes.md` in a temporary folder, stamped."""

    def __init__(self, root: Path) -> None:
        self.docs = root / "docs"
        self.glossary, self.rejected = root / "glossary.csv", root / "rejected.toml"
        self.glossary.write_text(GLOSSARY, encoding="utf-8")
        self.rejected.write_text(REJECTED, encoding="utf-8")
        for language, text in PAGES.items():
            self.page(language).parent.mkdir(parents=True)
            self.page(language).write_bytes(text.encode())
        for language in ("es", "zh"):
            self.stamp(language)

    def page(self, language: str, name: str = "passes.md") -> Path:
        return self.docs / language / name

    def stamp(self, language: str) -> list[str]:
        source = read_page(self.page("en"), "en", "passes.md")
        return stamp(source, read_page(self.page(language), language, "passes.md"))

    def text(self, language: str) -> str:
        return self.page(language).read_bytes().decode()

    def write(self, language: str, text: str) -> None:
        self.page(language).write_bytes(text.encode())

    def change(self, language: str, old: str, new: str) -> None:
        text = self.text(language)
        assert old in text, f"{old!r} is not in the {language} page"
        self.write(language, text.replace(old, new, 1))

    def line(self, language: str, text: str) -> int:
        """The first line of a page that contains the text."""
        lines = self.text(language).split("\n")
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def check(self) -> list[Finding]:
        return check_site(self.docs, "en", ["en", "es", "zh"], self.glossary, self.rejected)

    def rules(self) -> list[tuple[str, str, int]]:
        """Language, rule and line of every finding."""
        return [(f.path.relative_to(self.docs).parts[0], f.rule, f.line) for f in self.check()]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Site]:
    """For Hypothesis, which runs a test many times with the same fixtures."""
    return lambda: Site(tmp_path_factory.mktemp("site"))
