"""Run a scenario in network, mount and PID namespaces of its own, and see to it that nothing of it stays behind.

The end of this process, however it comes, closes a pipe; the first process inside sees that and ends; with it the
kernel ends every process, link and namespace of the lab. Nothing outside is touched; many labs may run at once.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from scenarios.messages import Done, Failed, Job, Kept, Message, Progress
from scenarios.programs import PACKAGES, LabError, missing, search_path

NAMESPACES = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
END_SECONDS = 10.0
TUN = Path("/dev/net/tun")
SOURCE = Path(__file__).parents[1]  # the programs inside are of the same checkout or installation as this one
Say = Callable[[str], None]
OnKept = Callable[[Done, list[str]], None]


def obstacle(command: str) -> str | None:
    """The line that says why labs cannot run here and what to do, or None where they can."""
    if os.geteuid() != 0:
        return f"labs need root for network namespaces; run: sudo {command}"
    if not TUN.exists():
        return f"{TUN}: not there; the switch makes its port with it; run: modprobe tun"
    return missing(list(PACKAGES))


def run(job: Job, say: Say, on_kept: OnKept) -> Done:
    """Run a job to its end and return what was seen; `on_kept` gets that and the ways in while the lab stays up."""
    with tempfile.TemporaryFile() as complaints, _inside(job, complaints) as process:
        done = None
        for message in _messages(process):
            match message:
                case Progress(text):
                    say(text)
                case Failed(text):
                    raise LabError(text)
                case Done():
                    done = message
                case Kept() if done:
                    on_kept(done, ways_in(_first_inside(process.pid), message))
        if done is None:
            raise _breakdown(_read(complaints))
        return done


@contextmanager
def _inside(job: Job, complaints: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([*NAMESPACES, sys.executable, "-P", "-m", "scenarios.inside"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=complaints, start_new_session=True,
                               env={**os.environ, "PATH": search_path(), "PYTHONPATH": str(SOURCE)})
    try:
        _send(process, job)
        yield process
    finally:
        _end(process)


def _send(process: subprocess.Popen[bytes], job: Job) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe, as asked for
    with suppress(BrokenPipeError):  # what has ended already has said why on stderr
        process.stdin.write(msgspec.json.encode(job) + b"\n")
        process.stdin.flush()


def _messages(process: subprocess.Popen[bytes]) -> Iterator[Message]:
    assert process.stdout is not None  # noqa: S101 - it is a pipe, as asked for
    for line in process.stdout:
        if line.endswith(b"\n"):  # else it was ended in mid-sentence
            yield msgspec.json.decode(line, type=Message)


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):
            if pipe is not None:
                pipe.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()  # --kill-child takes the first process inside with it
        process.wait()


def _read(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    return complaints.read().decode("utf-8", "replace")


def _breakdown(complaint: str) -> Exception:
    if complaint.startswith("unshare:"):
        return LabError(f"namespaces cannot be made here: {complaint.strip()}")
    return RuntimeError(f"the lab's first process broke down:\n{complaint}")


def _first_inside(unshare: int) -> int:
    return int(Path(f"/proc/{unshare}/task/{unshare}/children").read_text(encoding="ascii").split()[0])


def ways_in(first: int, kept: Kept) -> list[str]:
    """Commands for the SRX's own command line, and for a shell in the lab and in each host.

    `first` is the lab's first process as this side sees it; the process ids in `kept` are those that the lab sees.
    """
    enter = f"nsenter --target {first} --net --mount --pid"
    srx = f"{enter} {Path(sys.executable).with_name('srxnf')} cli --control {kept.control}  # the SRX"
    return [srx, f"{enter} bash", *(f"{enter} mnexec -a {pid} bash  # {name}" for name, pid in sorted(kept.hosts.items()))]
