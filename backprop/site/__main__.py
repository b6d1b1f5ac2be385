"""`python -m backprop.site`: the commands of authors and translators."""

import sys

from .commands import main

if __name__ == "__main__":
    sys.exit(main())
