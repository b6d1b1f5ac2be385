"""Training on a real Dask cluster: two processes on this machine, which are killed."""

import os
import signal
from contextlib import contextmanager
from threading import Timer
from time import sleep

import numpy as np
import pytest
from frameworks import framework
from sharded_models import DyingOnce, RefusalError, Refusing, Wrapped
from sharded_training import assert_same, train

from backprop import nn
from backprop.training import FlatParameters, ParallelStep


@contextmanager
def running():
    """A cluster of two workers, each a process of its own."""
    LocalCluster = framework("distributed").LocalCluster  # noqa: N806 (a class)
    # Any free port for the status page: with the usual one there is a warning if another test has it.
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def cluster():
    with running() as cluster:
        yield cluster


@pytest.fixture
def client(cluster):
    from dask.distributed import Client

    with Client(cluster.scheduler_address) as client:
        yield client


@pytest.fixture
def mortal():
    """A client of a cluster of its own, whose workers can be killed: Dask's nanny need not start them again."""
    with running() as cluster:
        from dask.distributed import Client

        with Client(cluster) as client:
            yield client


@pytest.fixture(scope="module")
def alone():
    return train(Wrapped())


def processes(client):
    return list(client.run(os.getpid).values())


@pytest.mark.parametrize("plan", [True, False])
def test_the_losses_are_those_of_one_process(client, plan, alone):
    assert_same(train(Wrapped(), client.get_executor(), plan=plan), alone)


def test_a_client_is_an_executor_too(client, alone):
    assert_same(train(Wrapped(), client), alone)


def test_a_worker_killed_in_the_middle_of_a_step_loses_none(mortal, alone, tmp_path):
    assert_same(train(DyingOnce(tmp_path / "killed"), mortal.get_executor(), plan=False), alone)
    assert (tmp_path / "killed").exists()


def test_a_worker_killed_between_two_steps_loses_none(mortal, alone):
    pid = processes(mortal)[0]
    executor = mortal.get_executor()
    assert_same(train(Wrapped(), executor, sixth=lambda: os.kill(pid, signal.SIGKILL)), alone)


def test_both_workers_killed_lose_no_step(mortal, alone):
    def kill():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    pids = processes(mortal)
    assert_same(train(Wrapped(), mortal.get_executor(), sixth=kill), alone)


def test_a_killed_worker_does_not_change_the_masks_of_dropout(mortal, tmp_path):
    expected = train(Wrapped(dropout=0.4), mortal.get_executor(), plan=False)
    model = DyingOnce(tmp_path / "killed", dropout=0.4)
    got = train(model, mortal.get_executor(), plan=False)
    assert (tmp_path / "killed").exists()
    np.testing.assert_array_equal(got[0], expected[0])
    np.testing.assert_array_equal(got[1], expected[1])


def test_what_the_model_raises_reaches_the_caller_as_it_is(client):
    with pytest.raises(RefusalError, match="row 7: no such colour") as caught:
        train(Refusing(), client.get_executor())
    assert caught.value.row == 7
    assert "sharded_models.py" in "".join(caught.value.__notes__)


def test_after_the_client_was_closed_this_process_goes_on(cluster, alone):
    from dask.distributed import Client

    client = Client(cluster.scheduler_address)
    with pytest.warns(RuntimeWarning, match="no step was lost"):
        assert_same(train(Wrapped(), client.get_executor(), sixth=client.close), alone)


def test_a_client_that_is_closed_in_the_middle_of_a_step_is_not_waited_for(cluster):
    from dask.distributed import Client

    class Slow(Wrapped):  # not to be found in any module: Dask has cloudpickle, which sends it whole
        def before(self):
            import os
            import time

            if os.getpid() != self.caller:
                time.sleep(3)

    model, x = Slow(), np.ones((4, 4))
    model.caller = os.getpid()
    flat = FlatParameters(dict(model.named_parameters()))
    client = Client(cluster.scheduler_address)
    step = ParallelStep(model, nn.MeanSquaredError(), flat, client.get_executor(), plan=False)
    expected = float(nn.MeanSquaredError()(model(x), np.zeros((4, 3))))
    timer = Timer(1, client.close)
    timer.start()
    with pytest.warns(RuntimeWarning, match="client is closed"):
        assert step.step(x, np.zeros((4, 3))) == pytest.approx(expected, rel=1e-12)
    timer.join()


def test_a_cluster_without_workers_is_not_waited_for_forever(mortal, alone, monkeypatch):
    def leave_none():
        mortal.cluster.scale(0)
        while mortal.nthreads():
            sleep(0.02)

    monkeypatch.setattr("backprop.training.parallel.DESERTED", 1.5)
    with pytest.warns(RuntimeWarning, match=r"no worker for 1.5 seconds.*no step was lost"):
        assert_same(train(Wrapped(), mortal.get_executor(), sixth=leave_none), alone)


def test_a_large_model_is_sent_without_advice_to_send_it_once(client):
    model, x = nn.Linear(1500, 1000, seed=0), np.ones((2, 1500))  # 12 MB; Dask warns of more than 10
    flat = FlatParameters(dict(model.named_parameters()))
    step = ParallelStep(model, nn.MeanSquaredError(), flat, client.get_executor())
    assert np.isfinite(step.step(x, np.zeros((2, 1000))))


def test_there_is_a_shard_for_each_thread_of_the_cluster(client):
    flat = FlatParameters(dict(Wrapped().named_parameters()))
    assert ParallelStep(Wrapped(), nn.MeanSquaredError(), flat, client.get_executor()).shards == 2
