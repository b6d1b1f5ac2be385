"""What an operation is: a forward rule, and one vector-Jacobian product (VJP) for each operand.

A VJP takes the upstream gradient `g` (the derivative of the final output with respect to the result of this
operation) and gives the derivative with respect to one operand. VJPs are written with operators and with
other operations, so the same lines serve twice: on numbers and arrays they run at NumPy's speed; on tensors
they are recorded, and the gradient can be differentiated again.

An operation knows nothing of tensors. Whatever has a method `_apply(operation, operands)` is handed the call.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from inspect import Parameter, Signature, signature
from typing import Any, ClassVar, TypeAlias

Value: TypeAlias = Any
"""A Python float, a NumPy array or scalar, or a tensor: VJPs are the same code for all of them."""

REGISTRY: dict[str, type["Operation"]] = {}
"""Every operation by its name; the tests and the documentation are driven by it."""


class _Signature:
    """What `help` and the reference show for an operation: its operands by name."""

    def __get__(self, operation: "Operation | None", owner: type["Operation"]) -> Signature:
        if operation is None or not operation.arguments:
            raise AttributeError("__signature__")
        return Signature([Parameter(name, Parameter.POSITIONAL_ONLY) for name in operation.arguments])


class Operation:
    """One mathematical operation. Subclasses give `forward` and one `vjp_<operand>` for each operand.

    Operations with parameters (an axis, a shape) are dataclasses: the parameters are their fields. Notation
    is given as LaTeX templates, in which `<a>` stands for the operand `a`, `<y>` for the result, `<g>` for
    the upstream gradient and `<axis>` for the parameter `axis`; `fill` puts names or numbers there.
    """

    __slots__ = ()

    __signature__ = _Signature()

    name: ClassVar[str]
    """How the operation is called in Python and in error messages, such as `multiply`."""
    symbol: ClassVar[str]
    """What stands in the node of a figure, such as `×`."""
    latex: ClassVar[str]
    """Template of the result, such as `<a> \\cdot <b>`."""
    definition: ClassVar[str] = ""
    """Template of what `latex` stands for, where that is only a name, such as `\\max(0, <x>)` for the ReLU."""
    local_latex: ClassVar[Mapping[str, str]] = {}
    """Elementwise operations: template of the local derivative with respect to each operand."""
    vjp_latex: ClassVar[Mapping[str, str]] = {}
    """Other operations: template of the VJP for each operand."""
    precedence: ClassVar[int] = 4
    """Binding strength of `latex`: 1 sums, 2 products, 3 powers and signs, 4 function calls."""
    conventions: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Elementwise operations, for points where there is a value but no derivative: template of the condition, and for
    each operand concerned the template of what the VJP takes instead."""
    domain: ClassVar[str] = "all real numbers"
    """Where the operation is defined, and the convention where it has no derivative."""
    shape_rule: ClassVar[str] = ""
    """What the shapes of the operands have to satisfy, for error messages; NumPy's words where it is empty."""
    arguments: ClassVar[tuple[str, ...]] = ()
    """Names of the operands, in order; empty for an operation with any number of operands."""
    vjps: ClassVar[tuple[Callable[..., Value] | None, ...]] = ()
    """The functions `vjp_<operand>(self, g, y, *operands)`; None where no gradient flows."""

    contributions: ClassVar[Callable[..., Sequence[Value] | None] | None] = None
    """Optional method `contributions(self, g, y, operands, outs)`: all the VJPs in one call, for plain arrays only.

    For operations whose VJPs share work, or can be computed where they belong. `outs` has for each operand False if
    nobody wants its gradient, else None, or an array of its shape and precision in which the gradient may be computed.
    The answer has for each operand its gradient, exactly in its shape and precision, or None; or is None as a whole
    where the method does not apply, and the VJPs are taken.
    """

    def __init_subclass__(cls, registered: bool = True) -> None:
        """Read the names of the operands off `forward`, and enter the operation in the registry if it is a function."""
        if "forward" not in cls.__dict__:  # a family of operations, not one of them
            return
        operands = list(signature(cls.forward).parameters.values())[1:]
        if all(p.kind is Parameter.POSITIONAL_OR_KEYWORD for p in operands):
            cls.arguments = tuple(p.name for p in operands)
            cls.vjps = tuple(getattr(cls, f"vjp_{name}", None) for name in cls.arguments)
        if registered:
            REGISTRY[cls.name] = cls

    def forward(self, *operands: Value) -> Value:
        """Value of the result for operands that are numbers or arrays."""
        raise NotImplementedError

    def vjp(self, position: int, g: Value, y: Value, operands: Sequence[Value]) -> Value:
        """Derivative with respect to the operand at `position`, before broadcasting is undone.

        Args:
            position: which operand, counted from 0.
            g: upstream gradient, of the shape of the result.
            y: result of the operation.
            operands: all the operands.

        Returns:
            A value of the shape of the operand as broadcast, or None where no gradient flows.

        """
        rule = self.vjps[position]
        return None if rule is None else rule(self, g, y, *operands)

    def misfit(self, shapes: Sequence[tuple[int, ...]], error: Exception) -> str:
        """Say that operands of these shapes do not fit together, and why; `error` is what NumPy said."""
        rule = self.shape_rule or str(error)
        if self.elementwise and len(shapes) > 1:
            rule = "shapes are aligned from the right, and there sizes must be equal, or one of them 1"
        return f"{self!r} cannot be applied to shape{'s' * (len(shapes) > 1)} {' and '.join(map(str, shapes))}: {rule}"

    @property
    def elementwise(self) -> bool:
        """Whether the local derivative is a factor: contribution = upstream x local, element by element."""
        return bool(self.local_latex)

    def argument_names(self, count: int) -> tuple[str, ...]:
        """Names of `count` operands: `arguments`, or x0, x1, … for an operation with any number of them."""
        return self.arguments or tuple(f"x{i}" for i in range(count))

    def parameters(self) -> dict[str, Any]:
        """What the operation was called with besides its operands, such as `{"axis": 0}`."""
        return {f.name: getattr(self, f.name) for f in fields(self)} if is_dataclass(self) else {}

    def __call__(self, *operands: Value) -> Value:
        """Compute the result: recorded if an operand is a tensor, else a plain number or array."""
        for operand in operands:
            if hasattr(operand, "_apply"):
                return operand._apply(self, operands)
        return self.forward(*operands)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.parameters().items())
        return f"{self.name}({given})" if given else self.name


def fill(template: str, names: Mapping[str, object]) -> str:
    r"""Put names or numbers into a LaTeX template.

    >>> fill(r"\frac{<a>}{<b>}", {"a": "x", "b": 2})
    '\\frac{x}{2}'

    Raises:
        KeyError: a placeholder has no name.

    """
    return re.sub(r"<(\w+)>", lambda match: str(names[match[1]]), template)


def numbers(*operands: Value) -> bool:
    """Whether all operands are Python numbers, for which Python's arithmetic is faster than NumPy's."""
    return all(type(x) is float or type(x) is int for x in operands)


def refuse_tensors(operation: str, **parameters: Any) -> None:
    """Raise a TypeError for a parameter that is a tensor: no gradient would flow to it."""
    for name, value in parameters.items():
        if hasattr(value, "_apply"):
            raise TypeError(
                f"{operation}: {name} is a parameter, to which no gradient flows; give a number, "
                "such as tensor.value, or write the formula with operations that differentiate it"
            )


def elementwise(of_float: Callable[..., float], of_array: Callable[..., Value]) -> Callable[..., Value]:
    """Forward rule of a function of one operand: `of_float` for Python floats, for speed, else `of_array`.

    Where `of_float` raises (the logarithm of 0, say), NumPy answers with an infinity or NaN, as for arrays.
    """

    def forward(self: Operation, x: Value) -> Value:  # noqa: ARG001 (the signature of Operation.forward)
        if type(x) is float:
            try:
                return of_float(x)
            except (ValueError, OverflowError, ZeroDivisionError):
                return float(of_array(x))
        return of_array(x)

    return forward
