"""Every optimizer with every combination of its options, and the same one of PyTorch."""

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

from backprop.training.optimizers import SGD, Adam, AdamW, Optimizer, RMSProp


class OptimizerCase(NamedTuple):
    make: Callable[..., Optimizer]
    options: dict[str, Any]
    torch_name: str
    torch_options: dict[str, Any]

    def own(self) -> Optimizer:
        return self.make(**self.options)

    def torch(self, torch: Any, parameters: Any) -> Any:
        return getattr(torch.optim, self.torch_name)(parameters, **self.torch_options)

    def __str__(self) -> str:
        chosen = ", ".join(f"{name}={value}" for name, value in self.options.items() if value)
        return f"{self.make.__name__}({chosen})"


def _sgd(learning_rate, momentum, nesterov, weight_decay):
    options = {"momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay}
    return OptimizerCase(SGD, {"learning_rate": learning_rate, **options}, "SGD", {"lr": learning_rate, **options})


def _rmsprop(decay, momentum, centered, weight_decay):
    options = {"momentum": momentum, "centered": centered, "weight_decay": weight_decay}
    own = {"learning_rate": 0.002, "decay": decay, "epsilon": 1e-7, **options}
    return OptimizerCase(RMSProp, own, "RMSprop", {"lr": 0.002, "alpha": decay, "eps": 1e-7, **options})


def _adam(make, betas, amsgrad, weight_decay):
    options = {"betas": betas, "amsgrad": amsgrad, "weight_decay": weight_decay}
    own = {"learning_rate": 0.005, "epsilon": 1e-7, **options}
    return OptimizerCase(make, own, make.__name__, {"lr": 0.005, "eps": 1e-7, **options})


CASES = [
    *(_sgd(0.05, m, n, d) for m, n, d in product((0.0, 0.9), (False, True), (0.0, 0.1)) if m or not n),
    *(_rmsprop(a, m, c, d) for a, m, c, d in product((0.9, 0.99), (0.0, 0.9), (False, True), (0.0, 0.1))),
    *(
        _adam(make, betas, amsgrad, d)
        for make, betas, amsgrad, d in product(
            (Adam, AdamW), ((0.9, 0.999), (0.0, 0.5), (0.5, 0.9)), (False, True), (0.0, 0.1)
        )
    ),
]

DEFAULTS = [
    OptimizerCase(SGD, {}, "SGD", {"lr": 0.01}),
    OptimizerCase(RMSProp, {}, "RMSprop", {}),
    OptimizerCase(Adam, {}, "Adam", {}),
    OptimizerCase(AdamW, {}, "AdamW", {}),
]
