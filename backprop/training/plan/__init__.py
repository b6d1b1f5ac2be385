"""The captured plan: a training step as one straight-line function of NumPy calls into arrays made beforehand.

symbols → program → memory → source: what each file does is in its first line; `README.md` tells the whole story.
"""

from .step import PlannedStep
from .symbols import CaptureError

__all__ = ["CaptureError", "PlannedStep"]
