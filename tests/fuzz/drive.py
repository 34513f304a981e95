"""Run a fuzz target under atheris: `python -m tests.fuzz.drive NAME SECONDS`; an input that breaks it is kept and named.

It is no part of the tests, which try every target on their own (test_fuzz.py); `make fuzz` installs atheris and runs it.
"""

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

SIZES = {"junos": 4096}  # bytes of the longest input; the others are binary


def main(name: str, seconds: str) -> None:
    with atheris.instrument_imports(include=["nf"]):
        target = import_module(f"tests.fuzz.fuzz_{name}")
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds()):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        limits = [f"-max_total_time={seconds}", f"-max_len={SIZES.get(name, 8192)}", "-timeout=10", "-rss_limit_mb=1024"]
        told = ["-print_final_stats=1", "-verbosity=0", f"-artifact_prefix={name}-"]
        atheris.Setup([sys.argv[0], corpus, *limits, *told], target.one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
    os._exit(0)
