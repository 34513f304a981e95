"""The program inside the namespaces of a lab, as their first process: when it ends, everything in there ends.

It reads a Job from stdin, writes messages to stdout, and ends at once when stdin closes, whatever closed it.
"""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from scenarios import lab as labs
from scenarios import steps
from scenarios.expect import differences
from scenarios.lab import Lab
from scenarios.messages import Done, Failed, Job, Kept, Message, Progress
from scenarios.observe import Observation
from scenarios.programs import LabError, run

HOME = Path("/run/srxnf")
SETTLE_SECONDS = 5.0  # patience with logs and counters that come in batches
REPORTED = {".log", ".jsonl", ".stderr", ".conf", ".toml", ".pcapng"}
Tell = Callable[[Message], None]


def main() -> None:
    """Do the job; the exit status says nothing, the last message does."""
    tell = _teller()
    first = sys.stdin.buffer.readline()
    if not first:
        return
    job = msgspec.json.decode(first, type=Job)
    leader = threading.Thread(target=_end_with_leader, daemon=True)
    leader.start()
    report = os.open(job.report, os.O_DIRECTORY) if job.report else None  # before /run may hide it
    messages = _outcome(job, tell)
    if report is not None:
        _copy_files(Path(f"/proc/self/fd/{report}"))
    for message in messages:
        tell(message)
    if job.keep:
        leader.join()


def _teller() -> Tell:
    """A way to write messages to what is stdout now; programs started later write to stderr instead."""
    channel = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return lambda message: _write(channel.write, message)


def _write(write: Callable[[bytes], int | None], message: Message) -> None:
    rest = msgspec.json.encode(message) + b"\n"
    while rest:
        rest = rest[write(rest) or 0:]


def _end_with_leader() -> None:
    sys.stdin.buffer.read()
    os._exit(130)


def _furnish() -> None:
    """A loopback, and a /run of our own: sockets and pid files of this lab meet nobody else's."""
    run(["ip", "link", "set", "lo", "up"])
    run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", "/run"])
    HOME.mkdir()


def _outcome(job: Job, tell: Tell) -> list[Message]:
    try:
        _furnish()
        return _run(job, tell)
    except LabError as error:
        return [Failed(str(error))]


def _run(job: Job, tell: Tell) -> list[Message]:
    lab = labs.raise_lab(job.scenario, job.platform, HOME, datetime.now(UTC), lambda text: tell(Progress(text)))
    views = labs.visit_all(lab, lambda text: tell(Progress(text)), steps.take)
    seen = _settled(lab, lambda: labs.observe(lab, views, labs.spu_rows(lab)))
    if not job.keep:
        seen = _after_end(lab, seen)
    (HOME / "observation.jsonl").write_bytes(msgspec.json.encode(seen) + b"\n")
    done = Done(seen, tuple(differences(job.scenario, seen)))
    return [done, Kept(dict(lab.network.pids), str(lab.control))] if job.keep else [done]


def _settled(lab: Lab, look: Callable[[], Observation]) -> Observation:
    """Look until everything is as expected, or the last look where that does not come about."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while differences(lab.scenario, seen := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return seen


def _after_end(lab: Lab, seen: Observation) -> Observation:
    """The same with the whole log: nothing is added to it once the network function has ended."""
    for nf in lab.nfs.values():
        nf.end()
    for capture in lab.captures:
        capture.end()
    return msgspec.structs.replace(seen, log=labs.log_lines(lab))


def _copy_files(report: Path) -> None:
    """Copy what a reader wants to see, from before a breakdown too; never a key."""
    for file in HOME.rglob("*"):
        if file.suffix in REPORTED and file.is_file() and "pki" not in file.parts:
            shutil.copyfile(file, report / "-".join(file.relative_to(HOME).parts))


if __name__ == "__main__":
    main()
    os._exit(0)  # nothing is left to be tidied up that the end of the namespaces does not end
