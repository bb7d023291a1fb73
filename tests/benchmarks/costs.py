"""What work costs: wall time, CPU and memory of a process and its children."""

import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import psutil

from tests.refreshes import PROJECT, environment

WATCHED_EVERY = 0.05  # seconds


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and CPU, and the peak of memory over the process tree in MB."""

    wall: float
    cpu: float
    memory: float


def cost_of(command: list[str]) -> Cost:
    """The cost of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak))
    watcher.start()
    output, _ = process.communicate()
    watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{output}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.monotonic() - started, cpu, peak[0])


def cost_of_call(module: str, function: str, *arguments: str) -> Cost:
    """The cost of a function in a process of its own, start and imports included."""
    call = f"from {module} import {function}; {function}({', '.join(map(repr, arguments))})"
    return cost_of([sys.executable, "-c", call])


def _watch(pid: int, peak: list[float]) -> None:
    """Keep the largest sum of resident memory of a process and its children."""
    while psutil.pid_exists(pid):
        try:
            parent = psutil.Process(pid)
            if parent.status() == psutil.STATUS_ZOMBIE:
                return
            tree = [parent, *parent.children(recursive=True)]
            peak[0] = max(peak[0], sum(process.memory_info().rss for process in tree) / 2**20)
        except psutil.NoSuchProcess:
            continue
        time.sleep(WATCHED_EVERY)
