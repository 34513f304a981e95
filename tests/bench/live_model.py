"""The running engine beside its own model: `nice python -m tests.bench.live_model [--costs FILE] [--seconds N]`.

A platform is made of this machine's costs (measured first, where no file is given). One worker and two are then loaded by
wrk with short sessions through nginx, and with 200 MB; what the model charged is printed beside the CPU time that the
processes took. Only CPU time is compared, so that a busy machine disturbs little.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hwmodel.platform import PLATFORMS
from nf.cli.calibration.cost_file import cost_table
from nf.cli.calibration.measure import measure
from nf.cli.calibration.server import Server
from nf.cli.calibration.site import LOOPBACK, NAME, Site

BOUND = 0.15
_BULK = 200 << 20
_NGINX = """worker_processes 1; daemon off; pid {directory}/nginx.pid; error_log {directory}/nginx.err;
events {{ worker_connections 1024; }}
http {{ access_log off; server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {directory}/server.pem;
    ssl_certificate_key {directory}/server.pem; ssl_session_cache shared:S:10m; root {directory}; }} }}
"""
_SPU = """[[spu]]
at = ["FPC0.PIC0", "FPC0.PIC1"]
role = { value = "SPU Flow", kind = "assumed", source = "a worker" }
threads = { value = 1, kind = "assumed", source = "a worker has one" }
max_sessions = { value = 65536, kind = "assumed", source = "chosen" }

[costs]
from = "./this-machine.costs.toml"
"""


def platform_file(directory: Path, costs: str) -> Path:
    """This machine as a platform with two SPUs."""
    (directory / "this-machine.costs.toml").write_text(costs, encoding="utf-8")
    path = directory / "this-machine.toml"
    head = (PLATFORMS / "generic.toml").read_text(encoding="utf-8").partition("[[spu]]")[0]
    path.write_text(head + _SPU, encoding="utf-8")
    return path


def compare(site: Site, act: Callable[[], None]) -> tuple[float, float]:
    """CPU seconds that the model charged, and that the processes took, for what is done."""
    site.settle()
    modelled, real = _modelled(site), site.cpu_seconds()
    act()
    site.settle()
    return _modelled(site) - modelled, site.cpu_seconds() - real


def _modelled(site: Site) -> float:
    return float(sum(row["modelled"] for row in site.ask("cpu")["workers"]))


def loaded(workers: int, platform: Path, seconds: int) -> bool:
    """One site under both loads; whether the model was within the bound."""
    good, port = True, Server.free_port()
    with Site(workers=workers, platform=str(platform), server=port) as site, _nginx(site.directory, port):
        url = f"https://{LOOPBACK}:{site.address[1]}"
        short = ["wrk", "-c16", "-t1", f"-d{seconds}s", "-H", f"Host: {NAME}", "-H", "Connection: close", f"{url}/small"]
        bulk = ["curl", "--silent", "--insecure", "--output", "/dev/null", f"{url}/bulk"]
        _run(["curl", "--silent", "--insecure", "--output", "/dev/null", f"{url}/small"])
        for label, command in (("short sessions (wrk -c16)", short), ("200 MB", bulk)):
            predicted, measured = compare(site, lambda command=command: _run(command))
            error = predicted / measured - 1
            good = good and abs(error) <= BOUND
            sys.stdout.write(f"{workers} worker(s), {label:<26} predicted {predicted:7.3f} s  measured {measured:7.3f} s  "
                             f"error {error:+.1%}\n")
            sys.stdout.flush()
    return good


class _nginx:  # noqa: N801 - a context manager
    def __init__(self, directory: Path, port: int) -> None:
        (directory / "small").write_text("hi\n", encoding="ascii")
        (directory / "bulk").write_bytes(bytes(_BULK))
        directory.chmod(0o755)
        (directory / "nginx.conf").write_text(_NGINX.format(directory=directory, port=port), encoding="ascii")
        self._process = subprocess.Popen(["nginx", "-c", directory / "nginx.conf", "-p", directory])

    def __enter__(self) -> None:
        time.sleep(1.0)

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """0 where every prediction was within the bound."""
    parser = argparse.ArgumentParser("tests.bench.live_model", description=__doc__)
    parser.add_argument("--costs", type=Path, help="what `srxnf model calibrate --out` wrote; else it is measured now")
    parser.add_argument("--seconds", type=int, default=5, help="of wrk")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        costs = asked.costs.read_text(encoding="utf-8") if asked.costs else cost_table(measure(lambda _: None))
        platform = platform_file(Path(directory), costs)
        good = {loaded(workers, platform, asked.seconds) for workers in (1, 2)}
        return int(good != {True})


if __name__ == "__main__":
    sys.exit(main())
