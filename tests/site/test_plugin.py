"""The plugin as a teacher uses it: real builds of a site that it knows nothing of."""

import re

import pytest


def test_two_languages_from_one_run(site):
    build = site.build()
    assert build.returncode == 0, build.stderr
    assert "WARNING" not in build.stdout + build.stderr
    assert "end of life" not in build.stderr
    english, spanish = site.published("ohm/index.html"), site.published("es/ohm/index.html")
    assert '<p class="reading">en: 2.0 V</p>' in english
    assert '<p class="reading">es: 2.0 V</p>' in spanish
    for page in (english, spanish):
        assert page.index("<samp>measured:") < page.index('<p class="reading">')
        assert "<mi>U</mi><mo>=</mo><mn>2</mn>" in page
        assert "<mn>8</mn>" in page
        assert "<mn>0.5</mn><mo>=</mo><mn>4</mn>" in page
        assert "0.25 A" in page
        assert "<code>{{ voltage }}</code>" in page
        assert not re.search("[\ue000-\ue0ff]", page)
    assert site.runs == 1


def test_the_source_is_shown_above_only_where_asked_for(site):
    site.build()
    page = site.published("ohm/index.html")
    assert page.index("resistance") < page.index("measured:")
    assert page.count('class="highlight"') == 1


def test_a_build_with_nothing_changed_executes_nothing(site):
    site.build()
    first = site.published("es/ohm/index.html")
    assert site.build().returncode == 0
    assert site.runs == 1
    assert site.published("es/ohm/index.html") == first


def test_changed_code_is_executed_again(site):
    site.build()
    site.replace("docs/examples/ohm.py", "0.25, 8.0", "0.25, 16.0")
    site.build()
    assert site.runs == 2
    assert "es: 4.0 V" in site.published("es/ohm/index.html")


def test_a_file_that_the_code_reads_is_part_of_it(site):
    (site.root / "resistance.txt").write_text("8")
    site.replace("docs/examples/ohm.py", "0.25, 8.0", '0.25, float(Path("resistance.txt").read_text())')
    site.build()
    (site.root / "resistance.txt").write_text("80")
    site.build()
    assert "en: 20.0 V" in site.published("ohm/index.html")


def test_a_module_that_the_code_imports_is_part_of_it(site):
    site.write("docs/examples/parts.py", "RESISTANCE = 8.0\n")
    site.replace(
        "docs/examples/ohm.py",
        "current, resistance = 0.25, 8.0",
        "from parts import RESISTANCE as resistance\ncurrent = 0.25",
    )
    site.build()
    site.write("docs/examples/parts.py", "RESISTANCE = 80.0\n")
    site.build()
    assert "en: 20.0 V" in site.published("ohm/index.html")


def test_a_damaged_entry_of_the_cache_is_ignored(site):
    site.build()
    for entry in (site.root / ".cache/backprop/results").glob("*.json"):
        entry.write_text(entry.read_text()[:-40])
    for entry in (site.root / ".cache/backprop/templates").glob("*.jinja"):
        entry.write_bytes(entry.read_bytes()[:50])
    assert site.build().returncode == 0
    assert site.runs == 2
    assert "en: 2.0 V" in site.published("ohm/index.html")


def test_the_cache_can_be_deleted(site):
    site.build()
    before = site.published("ohm/index.html")
    for entry in (site.root / ".cache").rglob("*.json"):
        entry.unlink()
    assert site.build().returncode == 0
    assert site.published("ohm/index.html") == before


def test_a_failing_block_stops_the_build_and_keeps_the_site(site):
    site.build()
    site.replace("docs/examples/ohm.py", "print(f", "1 / 0\nprint(f")
    build = site.build("-q")
    assert build.returncode != 0
    page = site.line_of("docs/en/ohm.md", "ohm.py:double") - 1
    example = site.line_of("docs/examples/ohm.py", "1 / 0")
    expected = f"docs/en/ohm.md:{page}: [execution] docs/examples/ohm.py:{example}: ZeroDivisionError: division by zero"
    assert expected in build.stderr + build.stdout
    assert "en: 2.0 V" in site.published("ohm/index.html")


def test_a_block_of_one_translation_only_is_named_there(site):
    with (site.root / "docs/es/ohm.md").open("a", encoding="utf-8") as page:
        page.write('\n```python exec="on"\nraise RuntimeError("solo aquí")\n```\n')
    build = site.build("-q", "--no-strict")
    line = site.line_of("docs/es/ohm.md", "raise RuntimeError")
    assert build.returncode != 0
    assert f"docs/es/ohm.md:{line}: [execution] RuntimeError: solo aquí" in build.stderr


@pytest.mark.parametrize("flags", [["-q"], ["--no-strict"], ["-q", "--no-strict"]])
def test_a_failing_expression_stops_the_build_whatever_the_flags(site, flags):
    site.everywhere("ohm.md", "{{ current }} A", "{{ curent }} A")
    build = site.build(*flags)
    assert build.returncode != 0
    for language in ("en", "es"):
        line = site.line_of(f"docs/{language}/ohm.md", "curent")
        assert f"docs/{language}/ohm.md:{line}: [expression] {{{{ curent }}}}: NameError" in build.stderr
    assert not (site.root / "site").exists()


def test_a_formula_that_does_not_convert_stops_the_build(site):
    site.everywhere("ohm.md", "\\cdot", "\\cdott")
    build = site.build("-q", "--no-strict")
    assert build.returncode != 0
    for language in ("en", "es"):
        line = site.line_of(f"docs/{language}/ohm.md", "\\cdott")
        assert f"docs/{language}/ohm.md:{line}: [formula]" in build.stderr
    assert "\\cdott" in build.stderr


def test_an_include_that_does_not_exist_is_named_with_what_there_is(site):
    site.everywhere("ohm.md", "ohm.py:double", "ohm.py:treble")
    build = site.build("-q")
    line = site.line_of("docs/en/ohm.md", "treble")
    assert (
        f"docs/en/ohm.md:{line}: [include] docs/examples/ohm.py has no section treble (it has: measure, double)"
        in build.stderr
    )


def test_all_findings_are_reported_at_once(site):
    site.everywhere("ohm.md", "{{ current }} A", "{{ curent }} A")
    site.everywhere("ohm.md", "\\cdot", "\\cdott")
    site.replace("docs/es/index.md", "$U = R\\,I$", "$U = R$")
    build = site.build("-q")
    for rule in ("[expression]", "[formula]", "[parity/formula]"):
        assert rule in build.stderr


def test_findings_of_the_checks_stop_the_build(site):
    site.replace("docs/en/index.md", "The voltage", "The electric voltage")
    build = site.build("-q", "--no-strict")
    assert build.returncode != 0
    assert "docs/es/index.md" in build.stderr
    assert "freshness" in build.stderr


def test_a_page_does_not_see_the_names_of_another(site):
    site.everywhere("index.md", "$U", "{{ voltage }} $U")
    build = site.build("-q")
    assert "[expression] {{ voltage }}: NameError" in build.stderr


def test_a_process_that_dies_is_said_to_have_died(site):
    site.replace("docs/examples/ohm.py", "print(f", "import os\nos._exit(7)\nprint(f")
    build = site.build("-q")
    assert build.returncode != 0
    assert "ended with code 7" in build.stderr


def test_printing_inside_the_package_is_captured(site):
    site.replace("docs/examples/ohm.py", 'print("measured:")', 'import sys\nsys.stdout.write("from within\\n")')
    build = site.build()
    assert "from within" not in build.stdout + build.stderr
    assert "from within" in site.published("ohm/index.html")


def test_warnings_of_the_code_are_warnings_of_the_build(site):
    site.replace("docs/examples/ohm.py", "print(f", 'import warnings\nwarnings.warn("hot", stacklevel=1)\nprint(f')
    build = site.build("--no-strict")
    assert build.returncode == 0
    assert re.search(r"docs/en/ohm.md: docs/examples/ohm.py:\d+: UserWarning: hot", build.stderr)
    assert site.build("--strict").returncode != 0, "kept with the results"


def test_execution_can_be_left_out_to_measure_the_rest(site):
    site.replace("mkdocs.yml", "{examples: docs/examples}", "{examples: docs/examples, execute: false}")
    build = site.build()
    assert build.returncode == 0
    assert "execute is off" in build.stderr
    assert site.runs == 0


def test_links_to_translations_are_absolute_and_hidden_from_the_theme(site):
    site.build()
    page = site.published("es/ohm/index.html")
    for code, address in {"en": "ohm/", "es": "es/ohm/", "x-default": "ohm/"}.items():
        assert f'<link rel="alternate " hreflang="{code}" href="https://example.org/ohm/{address}">' in page
    assert 'rel="alternate"' not in page


def test_without_an_address_there_are_no_links_to_translations(site):
    site.replace("mkdocs.yml", "site_url: https://example.org/ohm/\n", "")
    site.build()
    assert "alternate" not in site.published("es/ohm/index.html").split("</head>")[0]


def test_one_404_page_speaks_all_languages(site):
    site.build()
    page = site.published("404.html")
    assert "This page does not exist." in page
    assert "Esta página no existe." in page
    assert 'href="/ohm/es/"' in page
    assert '<html lang="en"' in page
    assert not (site.root / "site/es/404.html").exists()


def test_a_site_in_one_language_needs_no_other_plugin(site):
    site.write(
        "mkdocs.yml",
        """
        site_name: One
        docs_dir: docs/en
        strict: true
        theme: {name: material, font: false}
        plugins: [backprop: {examples: docs/examples}]
        extra: {quiet: !!python/name:backprop.site.notices.quiet }
        """,
    )
    build = site.build()
    assert build.returncode == 0, build.stderr
    assert "en: 2.0 V" in site.published("ohm/index.html")


def test_the_files_of_the_checks_are_not_published(site):
    site.write("docs/rejected.toml", "")
    site.replace("mkdocs.yml", "{examples: docs/examples}", "{examples: docs/examples, rejected: docs/rejected.toml}")
    build = site.build()
    assert build.returncode == 0, build.stderr
    assert not (site.root / "site/rejected.toml").exists()
    assert (site.root / "site/examples/ohm.py").exists()
