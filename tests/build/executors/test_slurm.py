"""`executor=slurm` on a SLURM of one node: the bytes of this machine, and jobs that are left, stopped and lost."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.build.executors.rows import DOTS, ENDS_S, end_well, go_on, made_here, wait_for
from tests.build.executors.slurm_cluster import SlurmCluster
from tests.build.faults.harness import Run, journaled, stamps, tree

pytestmark = [pytest.mark.heavy, pytest.mark.slow]


@pytest.fixture(autouse=True)
def no_jobs_before(slurm: SlurmCluster) -> Iterator[None]:
    yield
    slurm.run("scancel", "--user=root")
    slurm.wait(lambda: not slurm.jobs("PENDING,RUNNING,COMPLETING"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of the dataset as this machine makes them."""
    return made_here(tmp_path_factory.mktemp("clean") / "data")


def begun(slurm: SlurmCluster, folder: Path, *more: str) -> Run:
    return Run(*DOTS, "executor=slurm", "executor.jobs=3", *more, f"output={folder}", env=slurm.env)


def at_work(slurm: SlurmCluster, folder: Path, *more: str) -> Run:
    """A run of which two shards are finished, and more are being made."""
    run = begun(slurm, folder, *more)
    wait_for(lambda: len(journaled(folder)) >= 2, run)
    return run


def end_well_after_waits(slurm: SlurmCluster, run: Run) -> None:
    """Wait for a run whose jobs are queued again: SLURM would start them in minutes, and starts them now."""
    deadline = time.monotonic() + 120
    while run.process.poll() is None and time.monotonic() < deadline:
        slurm.start_requeued()
        time.sleep(0.5)
    end_well(run)


@pytest.mark.parametrize(
    "more", [(), ("executor.jobs=1", "executor.cpus=2", "executor.memory=500M")], ids=["array", "one"]
)
def test_jobs_make_the_same_bytes(
    tmp_path: Path, slurm: SlurmCluster, clean: dict[str, str], more: tuple[str, ...]
) -> None:
    run = begun(slurm, tmp_path / "data", *more)
    end_well(run)
    assert tree(tmp_path / "data") == clean
    assert "slurm: 12 shards submitted" in run.stderr
    assert not slurm.jobs("PENDING,RUNNING")


def test_the_same_dataset_in_another_folder_and_again(
    tmp_path: Path, slurm: SlurmCluster, clean: dict[str, str]
) -> None:
    """SLURM knows jobs for minutes after their end, and those of another folder have other results."""
    runs = {name: begun(slurm, tmp_path / name) for name in ("one", "other")}
    for name, run in runs.items():
        end_well(run)
        assert tree(tmp_path / name) == clean
    shutil.rmtree(tmp_path / "one")
    runs["again"] = begun(slurm, tmp_path / "one")
    end_well(runs["again"])
    assert tree(tmp_path / "one") == clean
    assert all(run.stderr.count("slurm: 12 shards submitted, 0 made") == 1 for run in runs.values())


def test_a_run_that_is_killed_comes_back_to_its_jobs(
    tmp_path: Path, slurm: SlurmCluster, clean: dict[str, str]
) -> None:
    at_work(slurm, tmp_path / "data", "executor.parallel=1").kill()  # or a busy machine has done all before it looks
    for job in slurm.jobs("RUNNING"):
        slurm.run("scontrol", "suspend", job)  # or they are done before the command is there again
    run = begun(slurm, tmp_path / "data")
    wait_for(lambda: bool(slurm.run("squeue", "--noheader")), run)
    time.sleep(4)
    for job in slurm.jobs("SUSPENDED"):
        slurm.run("scontrol", "resume", job)
    again = go_on(tmp_path / "data", clean, lambda: run)
    assert "slurm: 0 shards submitted" in again.stderr


def test_ctrl_c_leaves_the_jobs_and_another_executor_takes_what_they_made(
    tmp_path: Path, slurm: SlurmCluster, clean: dict[str, str]
) -> None:
    folder = tmp_path / "data"
    run = at_work(slurm, folder)
    run.process.send_signal(signal.SIGINT)
    assert run.end(ENDS_S) == 130
    assert "slurm: the jobs go on: the same command comes back to them, scancel --name=synthink-" in run.stderr
    slurm.wait(lambda: len(journaled(folder)) == 12)
    kept = stamps(folder, journaled(folder))
    run = Run(*DOTS, f"output={folder}")
    end_well(run)
    assert stamps(folder, list(kept)) == kept and tree(folder) == clean


def test_jobs_that_are_cancelled_end_the_run(tmp_path: Path, slurm: SlurmCluster, clean: dict[str, str]) -> None:
    run = at_work(slurm, tmp_path / "data", "executor.parallel=1")
    slurm.run("scancel", "--user=root")
    assert run.end(ENDS_S) == 2
    assert "was cancelled; finished shards are kept, the same command goes on" in run.stderr
    go_on(tmp_path / "data", clean, lambda: begun(slurm, tmp_path / "data"))


def test_a_job_whose_time_is_up_goes_on_from_its_next_shard(
    tmp_path: Path, slurm: SlurmCluster, clean: dict[str, str]
) -> None:
    folder = tmp_path / "data"
    run = at_work(slurm, folder)
    kept = stamps(folder, [name for name in journaled(folder) if (folder / name).exists()])
    for job in slurm.jobs("RUNNING"):
        slurm.run("scancel", "--signal=USR2", job)
    slurm.wait(lambda: bool(slurm.jobs("PENDING")))
    end_well_after_waits(slurm, run)
    assert tree(folder) == clean and stamps(folder, list(kept)) == kept


def test_jobs_give_way_to_others_and_go_on(tmp_path: Path, slurm: SlurmCluster, clean: dict[str, str]) -> None:
    folder = tmp_path / "data"
    run = at_work(slurm, folder)
    slurm.run("sbatch", "--partition=high", "--exclusive", "--output=/dev/null", "--wrap", "sleep 1")
    slurm.wait(lambda: "synthink" in slurm.run("squeue", "--noheader", "--states=PENDING", "--format=%j"))
    end_well_after_waits(slurm, run)
    assert tree(folder) == clean


def test_a_node_that_goes_down(tmp_path: Path, slurm: SlurmCluster, clean: dict[str, str]) -> None:
    folder = tmp_path / "data"
    run = at_work(slurm, folder)
    slurm.lose_node()
    end_well_after_waits(slurm, run)
    assert tree(folder) == clean
    assert "slurm: 0 shards submitted" not in run.stderr, "jobs that SLURM queues again are waited for"


@pytest.mark.parametrize(
    ("fault", "status", "message"),
    [
        ("raise", 1, "dots row 130 of split train (seed 0): ValueError: no dots today"),
        (
            "kill",
            2,
            "a worker died 3 times on rows 120 to 139 of split train (shard train-00006-of-00012;",
        ),
    ],
)
def test_a_row_that_fails_is_named(tmp_path: Path, slurm: SlurmCluster, fault: str, status: int, message: str) -> None:
    run = begun(slurm, tmp_path / "data", f"fault={fault}", "at=130")
    assert run.end(ENDS_S) == status, run.stderr
    assert f"synthink: {message}" in run.stderr
    slurm.wait(lambda: not slurm.jobs("PENDING,RUNNING"))
    assert len(journaled(tmp_path / "data")) >= 1


def test_another_configuration_is_refused_until_overwritten(tmp_path: Path, slurm: SlurmCluster) -> None:
    folder = tmp_path / "data"
    other = made_here(tmp_path / "other", "seed=1")
    run = begun(slurm, folder, "executor.jobs=12")
    wait_for(lambda: bool(slurm.jobs("RUNNING")), run)
    run.kill()
    run = Run(*DOTS, "seed=1", f"output={folder}")
    assert run.end(ENDS_S) == 2 and "holds a dataset of another configuration" in run.stderr
    run = Run(*DOTS, "seed=1", "overwrite=true", f"output={folder}")
    end_well(run)
    slurm.wait(lambda: not slurm.jobs("RUNNING,PENDING"))
    assert tree(folder) == other


def test_a_partition_that_there_is_not(tmp_path: Path, slurm: SlurmCluster) -> None:
    run = begun(slurm, tmp_path / "data", "executor.partition=nowhere")
    assert run.end(ENDS_S) == 2
    assert "executor='slurm': sbatch refuses the jobs" in run.stderr and "partition" in run.stderr
    run = Run(*DOTS, "seed=1", f"output={tmp_path / 'data'}")
    assert run.end(ENDS_S) == 0, "nothing keeps the folder"


def test_a_machine_without_sbatch(tmp_path: Path, slurm: SlurmCluster) -> None:
    (tmp_path / "bin").mkdir()
    run = Run(*DOTS, "executor=slurm", f"output={tmp_path / 'data'}", env={"PATH": str(tmp_path / "bin")})
    assert run.end(ENDS_S) == 2
    assert "the command sbatch is not here: run this on a login node of the cluster" in run.stderr
    assert shutil.which("sbatch")
