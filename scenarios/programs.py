"""Programs of a lab: start one in a host's network namespace, wait for the line that says it is ready, end it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SRXNF = (sys.executable, "-P", "-c", "from nf.cli.main import main; main()")
START_SECONDS = 30.0  # patience with a program that starts on a busy machine
PACKAGES = {  # Debian's names of what a lab runs
    "ovs-vswitchd": "openvswitch-switch", "ovsdb-server": "openvswitch-switch", "mnexec": "mininet",
    "nginx": "nginx-light", "openssl": "openssl", "curl": "curl", "ethtool": "ethtool", "ip": "iproute2",
    "nft": "nftables", "ifconfig": "net-tools", "unshare": "util-linux", "mount": "mount",
}


class LabError(Exception):
    """A lab cannot be built or has broken down: what, why, and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Running:
    """A program that runs in the lab, and the file that it writes its words to."""

    name: str
    process: subprocess.Popen[bytes]
    output: Path
    command: tuple[str, ...] = ()

    def wait_for(self, text: str, seconds: float, since: int = 0) -> int:
        """Return the place behind this text once the program has written it, after the place `since`.

        Raises LabError where it ends or stays silent.
        """
        deadline = time.monotonic() + seconds
        while text not in self.said()[since:]:
            if self.process.poll() is not None:
                raise LabError(f"{self.name} ended with exit status {self.process.returncode}: {self.last_words()}")
            if time.monotonic() > deadline:
                raise LabError(f"{self.name} did not say '{text}' within {seconds:.0f} s: {self.last_words()}")
            time.sleep(0.02)
        return self.said().index(text, since) + len(text)

    def said(self) -> str:
        """Everything that it has written so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def last_words(self) -> str:
        """The last line that it has written."""
        lines = self.said().strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def end(self, seconds: float = 5.0) -> None:
        """Ask it to end, and insist where it does not."""
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(name: str, command: Sequence[str], output: Path, within: Sequence[str] = ()) -> Running:
    """Start a program; `within` is the command that enters a host's namespaces, stdout and stderr go to `output`."""
    output.write_bytes(b"")
    return _started(name, (*within, *command), output)


def start_again(program: Running) -> Running:
    """Start a program that has ended once more, as it was; its words are added to those before."""
    return _started(program.name, program.command, program.output)


def _started(name: str, command: tuple[str, ...], output: Path) -> Running:
    with output.open("ab") as sink:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
    return Running(name, process, output, command)


def run(command: Sequence[str], within: Sequence[str] = ()) -> str:
    """Run a program to its end and return what it wrote to stdout; raises LabError with its last line if it fails."""
    done = subprocess.run([*within, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise LabError(f"{' '.join(command[:3])}… ended with exit status {done.returncode}: {said[-1]}")
    return done.stdout


def search_path() -> str:
    """PATH, with the directories of system programs even where a root shell leaves them out."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def missing(programs: Sequence[str]) -> str | None:
    """The line that says what to install, or None where every program is there."""
    gone = [program for program in programs if shutil.which(program, path=search_path()) is None]
    if not gone:
        return None
    packages = " ".join(sorted({PACKAGES.get(program, program) for program in gone}))
    return f"not found: {', '.join(gone)}; install with: apt-get install {packages}"
