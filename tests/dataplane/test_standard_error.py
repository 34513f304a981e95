"""What the program says on standard error may get lost, and nothing else with it."""

import subprocess
import sys
from pathlib import Path

SAYS = ("from nf.dataplane import standard_error as e; import sys; e.install(); "
        "print('a\\udc80b', file=sys.stderr); print('said')")


def test_on_a_full_disk() -> None:
    with Path("/dev/full").open("w") as full:
        said = subprocess.run([sys.executable, "-c", SAYS], stderr=full, stdout=subprocess.PIPE, check=True, timeout=30)
    assert said.stdout == b"said\n"


def test_what_cannot_be_encoded_is_said_all_the_same() -> None:
    said = subprocess.run([sys.executable, "-c", SAYS], stderr=subprocess.PIPE, check=True, timeout=30)
    assert said.stderr == b"a\\udc80b\n"
