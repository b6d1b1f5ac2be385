"""What Python-Markdown knows and Jupyter does not, in a form that Jupyter knows."""

from textwrap import dedent


def of(text):
    return dedent(text).strip("\n")


def sources(cells):
    return [(cell["cell_type"], cell["source"]) for cell in cells]


def test_a_heading_begins_a_cell_and_loses_its_attributes(cells):
    found = cells("# Title { #title }\n\nText.\n\n## Part { .small #part }\n\nMore.\n\nUnderlined { #under }\n-----")
    assert [cell["source"] for cell in found] == ["# Title\n\nText.", "## Part\n\nMore.", "Underlined\n-----"]


def test_a_heading_keeps_an_anchor_that_the_page_links(markdown):
    assert markdown("See [below](#part).\n\n## Part { #part }") == 'See [below](#part).\n\n## <a id="part"></a>Part'


def test_boxes_are_quotations_and_tabs_are_paragraphs(markdown):
    text = """
        !!! note "A *title* with $x$"
            First.

            - one
            - two

        !!! warning
            Second.

        !!! tip ""
            Third.

        === "On Windows"
            Fourth.
        """
    assert markdown(text) == of(
        """
        > **A *title* with $x$**
        >
        > First.
        >
        > - one
        > - two

        > **Warning**
        >
        > Second.

        > Third.

        **On Windows**

        Fourth.
        """
    )


def test_what_is_folded_stays_folded_with_its_code_below_it(cells):
    text = """
        ??? success "Solution of $x$"
            Before.

            ```python exec="on"
            x = 1
            ```

            Between.

            ```python exec="on"
            y = 2
            ```

            ??? note "More"
                ```python exec="on"
                z = 3
                ```

        After.
        """
    prose, first, second, third, after = cells(text)
    assert prose["source"] == of(
        """
        <details>
        <summary>Solution of $x$</summary>

        Before.

        *The code and its result are in the folded cell below. (1)*

        Between.

        *The code and its result are in the folded cell below. (2)*

        <details>
        <summary>More</summary>

        *The code and its result are in the folded cell below.*

        </details>

        </details>
        """
    )
    codes = ["# Solution of x (1)\nx = 1", "# Solution of x (2)\ny = 2", "# More\nz = 3"]
    assert [cell["source"] for cell in (first, second, third)] == codes
    for number, cell in enumerate((first, second, third)):
        assert cell["metadata"]["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
        assert {"hide-input", "hide-output"} <= set(cell["metadata"]["tags"])
        assert cell["outputs"][0]["text"] == f"{number}\n"
    assert after["source"] == "After."


def test_an_open_fold_is_a_box_and_its_code_is_seen(cells):
    text = '???+ note "Look"\n    Before.\n\n    ```python exec="on"\n    x = 1\n    ```\n\n    After.'
    before, code, after = cells(text)
    assert (before["source"], after["source"]) == ("> **Look**\n>\n> Before.", "> After.")
    assert (code["source"], code["metadata"]) == ("x = 1", {})


def test_code_in_a_list_divides_it(cells):
    text = """
        1. One:

            ```python exec="on"
            x = 1
            ```

            and its end.

        2. Two.
        """
    assert sources(cells(text)) == [("markdown", "1. One:"), ("code", "x = 1"), ("markdown", "and its end.\n\n2. Two.")]


def test_code_that_is_not_run_is_shown(cells, tmp_path):
    (tmp_path / "a.py").write_text(
        "# --8<-- [start:part]\nx = 1\n# --8<-- [start:inner]\ny = 2\n# --8<-- [end:inner]\n"
    )
    text = """
        - Item:

            ```bash
            ls  # {{ x }} $y$ {.z}
            ```

        ````markdown title="Fences"
        ```python exec="on"
        x
        ```
        ````

        ```python
        --8<-- "a.py"
        ```
        """
    shown = "- Item:\n\n    ```bash\n    ls  # {{ x }} $y$ {.z}\n    ```\n\n"
    shown += '````markdown\n```python exec="on"\nx\n```\n````\n\n```python\nx = 1\ny = 2\n```'
    assert sources(cells(text)) == [("markdown", shown)]


def test_an_executed_block_has_its_include_without_markers(cells, tmp_path):
    (tmp_path / "a.py").write_text("# --8<-- [start:part]\nx = 1\n\n\n# --8<-- [start:b]\ny = 2\n# --8<-- [end:part]\n")
    (code,) = cells('```python exec="on" source="above"\n--8<-- "a.py:part"\nz = 3\n```')
    assert code["source"] == "x = 1\n\n\ny = 2\nz = 3"


def test_comments_and_definitions_are_no_text(markdown):
    text = """
        <!-- quote: rule="x"
             reason="y" -->
        Read [this][one], [two] and `<!-- code -->`. The HTML way.<!-- not seen -->

        [one]: https://example.org/1 "Title"
        [two]: <https://example.org/2>
        *[HTML]: Hypertext
        """
    expected = "Read [this](https://example.org/1), [two](https://example.org/2) and `<!-- code -->`. The HTML way."
    assert markdown(text) == expected


def test_footnotes_are_numbered_and_stand_at_the_end(markdown):
    text = """
        One[^b] and two[^a], again[^b].

        [^a]: About *a*,
            with $x$.
        [^b]: About b.

        Last.
        """
    ends = "<sup>1</sup> About b.\n\n<sup>2</sup> About *a*,\nwith $x$."
    expected = f"One<sup>1</sup> and two<sup>2</sup>, again<sup>1</sup>.\n\nLast.\n\n---\n\n{ends}"
    assert markdown(text) == expected


def test_html_with_markdown_in_it_is_set_apart(markdown):
    text = '<figure markdown="span">\n![A graph](graph.svg){ width="300" }\n<figcaption>*Seen*</figcaption>\n</figure>'
    expected = "<figure>\n\n![A graph](graph.svg)\n<figcaption>*Seen*</figcaption>\n\n</figure>"
    assert markdown(text) == expected
    assert markdown("<pre>\n$x$ {{ y }} *z*\n</pre>") == "<pre>\n$x$ {{ y }} *z*\n</pre>"


def test_a_table_keeps_its_rows_and_its_strokes(markdown):
    text = "| a | b |\n| - | -: |\n| $|x|$ | $\\|y\\|$ |"
    assert markdown(text) == "| a | b |\n| - | -: |\n| $\\vert x\\vert$ | $\\Vert y\\Vert$ |"


def test_displayed_formulas_are_set_apart_where_there_is_room(markdown):
    formula = "$$\nx &= 1 \\\\\ny &= 2\n$$"
    assert markdown(f"Text:\n{formula}\nMore.") == f"Text:\n\n{formula}\n\nMore."
    for quoted in ("\n> " + formula.replace("\n", "\n> "), '!!! note ""\n    ' + formula.replace("\n", "\n    ")):
        assert markdown(quoted) == "> $$x &= 1 \\\\ y &= 2$$"


def test_lists_keep_their_gaps_and_their_levels(markdown):
    text = "- one,\n  goes on\n- two\n    - inner\n\n    A paragraph.\n\n- three"
    assert markdown(text) == text


def test_indented_code_is_code(markdown):
    text = "Text.\n\n    a = 1  # $x$\n\nMore."
    assert markdown(text) == text
