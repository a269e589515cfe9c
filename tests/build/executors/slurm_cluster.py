"""A SLURM of one node, in a folder: controller, node, and the commands that reach them by `SLURM_CONF`."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import psutil

NEEDED = ("slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel")
STARTS_S = 30


def missing() -> str:
    """Why no SLURM can be started here; empty where one can."""
    absent = [command for command in NEEDED if shutil.which(command) is None]
    if absent:
        return f"there is no {', '.join(absent)} (Debian: slurmctld slurmd slurm-client slurm-wlm-basic-plugins)"
    return "" if os.getuid() == 0 else "slurmd starts jobs as root alone"


class SlurmCluster:
    """Two processes and their folder. It uses no authentication: whoever reaches its ports may start jobs."""

    def __init__(self, folder: Path) -> None:
        self.host = socket.gethostname()
        folder.mkdir()
        for name in ("state", "spool"):
            (folder / name).mkdir()
        conf = folder / "slurm.conf"
        conf.write_text(self._conf(folder, _free_port(), _free_port()))
        self.folder = folder
        self.env = {"SLURM_CONF": str(conf)}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        for command in ("slurmctld", "slurmd"):
            self._start(command)
        self.wait(self._is_idle, STARTS_S)

    def _start(self, command: str) -> None:
        with (self.folder / f"{command}.out").open("ab") as log:
            process = subprocess.Popen([command, "-D"], env={**os.environ, **self.env}, stdout=log, stderr=log)
        self._processes[command] = process

    def _is_idle(self) -> bool:
        return "idle" in self.run("sinfo", "--noheader", "--format=%T")

    def _conf(self, folder: Path, port: int, node_port: int) -> str:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 // 2
        plugins = {
            "AuthType": "auth/none",
            "CredType": "cred/none",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "SwitchType": "switch/none",
            "MpiDefault": "none",
            "JobAcctGatherType": "jobacct_gather/none",
            "AccountingStorageType": "accounting_storage/none",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_Core",
            "PreemptType": "preempt/partition_prio",
            "PreemptMode": "REQUEUE",
        }
        lines = [
            f"ClusterName=tests\nSlurmctldHost={self.host}(127.0.0.1)\nSlurmUser=root\nSlurmdUser=root",
            f"SlurmctldPort={port}\nSlurmdPort={node_port}\nStateSaveLocation={folder}/state",
            f"SlurmdSpoolDir={folder}/spool\nSlurmctldPidFile={folder}/ctld.pid\nSlurmdPidFile={folder}/d.pid",
            *(f"{key}={value}" for key, value in plugins.items()),
            "ReturnToService=2\nKillWait=2\nSchedulerParameters=sched_interval=1,requeue_delay=1",
            "SlurmctldParameters=preempt_send_user_signal",
            f"NodeName={self.host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} RealMemory={memory} State=UNKNOWN",
            f"PartitionName=low Nodes={self.host} Default=YES MaxTime=60 State=UP PriorityTier=1 GraceTime=2",
            f"PartitionName=high Nodes={self.host} MaxTime=60 State=UP PriorityTier=9 PreemptMode=off",
        ]
        return "\n".join(lines) + "\n"

    def run(self, *command: str) -> str:
        """What a command of SLURM's prints."""
        answer = subprocess.run(
            command, env={**os.environ, **self.env}, capture_output=True, text=True, timeout=60, check=False
        )
        return answer.stdout + answer.stderr

    def wait(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            logs = "".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.folder.glob("*.out")))
            assert time.monotonic() < deadline, f"{self.run('squeue')}\n{self.run('sinfo')}\n{logs}"
            time.sleep(0.1)

    def jobs(self, state: str) -> list[str]:
        """The ids of the array jobs in a state."""
        return self.run("squeue", "--noheader", "--array", f"--states={state}", "--format=%F_%K").split()

    def start_requeued(self) -> None:
        """Have requeued jobs start now: SLURM lets them wait for minutes."""
        for job in self.run("squeue", "--noheader", "--states=PENDING", "--format=%A").split():
            self.run("scontrol", "update", f"JobId={job}", "StartTime=now")

    def lose_node(self) -> None:
        """Have the node fail with everything that runs on it, and come back."""
        listed = [line.split()[0] for line in self.run("scontrol", "listpids").splitlines()]
        self._processes["slurmd"].kill()
        pids = [int(pid) for pid in listed if pid.isdecimal()]
        for pid in [*_parents(pids, "slurmstepd"), *pids]:  # those first: they would tell the controller of it
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.run("scontrol", "update", f"NodeName={self.host}", "State=DOWN", "Reason=lost")
        self.wait(lambda: not self.jobs("RUNNING,COMPLETING"))
        self._start("slurmd")
        self.run("scontrol", "update", f"NodeName={self.host}", "State=RESUME")

    def lose_controller(self) -> None:
        """Have the controller fail, and come back; the node says then what runs on it: less than was saved, may be."""
        self._processes["slurmctld"].kill()
        self._processes["slurmctld"].wait()
        self._start("slurmctld")
        self.wait(lambda: "UP" in self.run("scontrol", "ping"))
        self.run("scontrol", "reconfigure")

    def working(self, is_job: bool) -> list[int]:
        """The processes of jobs of synthink, or the processes that these have started for a shard each."""
        ids = {process.pid: process for process in psutil.process_iter(["cmdline", "ppid"]) if _is_job(process)}
        return [pid for pid, process in ids.items() if (process.info["ppid"] not in ids) == is_job]

    def stop(self) -> None:
        """End all jobs, the node and the controller."""
        self.run("scancel", "--user=root")
        time.sleep(0.5)
        for process in reversed(self._processes.values()):
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _parents(pids: Iterable[int], name: str) -> set[int]:
    """The processes of that name that have started others."""
    parents = set()
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            parents |= {parent.pid for parent in psutil.Process(pid).parents() if parent.name() == name}
    return parents


def _is_job(process: psutil.Process) -> bool:
    words = process.info["cmdline"] or []
    return "submitit.core._submit" in words and "python" in words[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
