"""Worker processes: they die with their parent, leave Ctrl-C to it, and send back results, reports and errors.

A worker serves one function, `function(item, report) -> result`: items go to it one at a time through a pipe, results
come back, and so does everything that the function passes to `report` meanwhile.
"""

from synthink.processes.child import Send
from synthink.processes.pool import WorkerPool, cores, start_beside
from synthink.processes.worker import CannotStart, Start, Worker, WorkerDied

__all__ = ["CannotStart", "Send", "Start", "Worker", "WorkerDied", "WorkerPool", "cores", "start_beside"]
