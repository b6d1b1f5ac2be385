"""Points in the plane, in classes that no straight line separates: made from a seed, without a download."""

from .points import circles, moons, spirals, xor

__all__ = ["circles", "moons", "spirals", "xor"]
