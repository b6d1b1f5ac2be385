"""The theme's notice about itself is silenced before the theme is loaded."""

import os
import subprocess
import sys


def test_importing_the_module_is_enough():
    environment = {key: value for key, value in os.environ.items() if key != "NO_MKDOCS_2_WARNING"}
    code = "import sys; sys.argv = ['mkdocs']; import backprop.site.notices; import material.templates"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
