"""ONNX: a format that other programs compute models from."""

from .export import export_onnx

__all__ = ["export_onnx"]
