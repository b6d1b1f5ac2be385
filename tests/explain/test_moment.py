from types import SimpleNamespace

import pytest

from backprop.explain.moment import Moment
from backprop.explain.trace import Trace


def test_forward_steps(running: SimpleNamespace) -> None:
    trace = Trace(running.g)
    states = [{n.key: Moment(trace, ("forward", k)).state(n) for n in trace.nodes} for k in range(3)]
    assert states == [
        {"x": "current", "y": "current", "z": "current", "p": "pending", "g": "pending"},
        {"x": "", "y": "", "z": "", "p": "current", "g": "pending"},
        {"x": "", "y": "", "z": "", "p": "", "g": "current"},
    ]


def test_backward_steps(running: SimpleNamespace) -> None:
    trace = Trace(running.g)
    moment = Moment(trace, ("backward", 1))
    assert moment.state(trace.output) == "current"
    assert [moment.edge_state(trace.output, i) for i in (0, 1)] == ["current", "current"]
    assert moment.edge_state(trace.node(running.p), 0) == ""
    assert {n.key: g for n, g in moment.gradients.items()} == {"g": 1.0, "p": -3.0, "z": 4.0}


def test_a_gradient_is_complete_when_all_of_it_has_come(shared: SimpleNamespace) -> None:
    trace = Trace(shared.q)
    w, x = trace.node(shared.w), trace.node(shared.x)
    moments = [Moment(trace, ("backward", k)) for k in range(4)]
    assert [m.gradients.get(w) for m in moments] == [None, None, 5, 9]
    assert [m.is_complete(w) for m in moments] == [False, False, False, True]
    assert [m.is_complete(x) for m in moments] == [False, False, True, True]
    assert all(m.is_complete(trace.output) for m in moments)
    assert Moment(trace, gradients=True).is_complete(w)


def test_without_gradients_no_backward_pass_is_asked_for(layer: SimpleNamespace) -> None:
    moment = Moment(Trace(layer.h))
    assert (moment.gradients, moment.contributions) == ({}, {})


@pytest.mark.parametrize("step", [("forward", 3), ("backward", -1), ("backward", 9)])
def test_a_step_that_is_not_there(running: SimpleNamespace, step: tuple[str, int]) -> None:
    with pytest.raises(ValueError, match="has the steps 0 to 2"):
        Moment(Trace(running.g), step)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sideways"):
        Moment(Trace(running.g), ("sideways", 1))  # type: ignore[arg-type]
