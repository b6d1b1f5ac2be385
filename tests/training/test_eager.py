import numpy as np
import pytest

from backprop import InPlaceError, Tensor, nn
from backprop.training.eager import EagerStep
from backprop.training.flat import FlatParameters


class Shared(nn.Module):
    """One layer that is used twice, a scalar, and a parameter that is not used."""

    def __init__(self) -> None:
        self.layer, self.scale, self.unused = nn.Linear(3, 3, seed=0), Tensor(2.0), Tensor(np.ones(4))

    def forward(self, x):
        return self.layer(self.layer(x).tanh()) * self.scale


@pytest.mark.parametrize("model", [nn.MLP((3, 5, 3), activation="tanh", seed=0), Shared()], ids=["MLP", "shared"])
def test_gradients_are_those_of_backward(model):
    rng = np.random.default_rng(0)
    x, labels, loss = rng.normal(size=(6, 3)), rng.integers(0, 3, 6), nn.CrossEntropy()
    prepared = loss.prepare(labels, (6, 3), "float64")
    expected = loss(model(x), labels)
    expected.backward()
    grads = {name: p.grad for name, p in model.named_parameters()}
    flat = FlatParameters(dict(model.named_parameters()))
    step = EagerStep(model, loss, flat).step
    flat.gradients.fill(np.nan)  # what a step before has left does not matter
    for _ in range(2):
        assert step(x, prepared) == pytest.approx(float(expected), rel=1e-14)
        for name, found in flat.views(flat.gradients).items():
            np.testing.assert_allclose(found, 0 if grads[name] is None else grads[name], 1e-13, 1e-16)
    flat.release()


class Stateful(nn.Module):
    """Adds what it gave before."""

    def __init__(self, detached: bool) -> None:
        self.layer, self.detached, self._last = nn.Linear(3, 3, seed=0), detached, None

    def forward(self, x):
        y = self.layer(x)
        if self._last is not None:
            y = y + self._last
        self._last = y.value if self.detached else y
        return y


def test_a_tensor_kept_from_the_step_before_is_refused():
    """The parameters have changed in their places since, and so may have the batch: no derivative of it is right."""
    x, y = np.ones((4, 3)), np.zeros((4, 3))
    for detached in (True, False):
        model = Stateful(detached)
        step = EagerStep(model, nn.MeanSquaredError(), FlatParameters(dict(model.named_parameters()))).step
        assert np.isfinite(step(x, y))
        if detached:
            assert np.isfinite(step(x, y))
        else:
            with pytest.raises(InPlaceError, match=r"the result of affine .* was kept from an earlier step"):
                step(x, y)
