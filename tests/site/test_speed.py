"""What is left out for speed changes nothing of what is published."""

from jinja2 import FileSystemLoader
from mkdocs.config import load_config

from backprop.site.speed import keep_templates, skip_icons


def test_icons_are_found_but_not_listed(site):
    config = load_config(str(site.root / "mkdocs.yml"))
    everything = FileSystemLoader(config.theme.dirs).list_templates()
    skip_icons(config)
    env = config.theme.get_env()
    listed = env.list_templates()
    assert listed == [name for name in everything if not any(part.startswith(".") for part in name.split("/"))]
    assert len(everything) > 10 * len(listed)
    assert "<svg" in env.get_template(".icons/material/magnify.svg").render()


def test_compiled_templates_are_kept_and_damaged_ones_compiled_again(site, tmp_path):
    config = load_config(str(site.root / "mkdocs.yml"))

    def render() -> str:
        env = config.theme.get_env()
        keep_templates(env, tmp_path / "templates")
        return env.get_template("partials/language.html").render(config=config)

    first = render()
    kept = list((tmp_path / "templates").iterdir())
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[:30])
    assert render() == first
