"""wrk, curl and nginx around a site, and the platform that this machine is."""

import signal
import subprocess
import time
from collections.abc import Collection
from pathlib import Path
from typing import Self

from hwmodel.platform import PLATFORMS
from nf.cli.calibration.site import LOOPBACK, NAME, Site

_BULK = 200 << 20
_NGINX = """worker_processes 1; daemon off; pid {directory}/nginx.pid; error_log {directory}/nginx.err;
events {{ worker_connections 1024; }}
http {{ access_log off; ssl_session_cache shared:S:10m; root {directory}; {servers} }}
"""
_SERVER = "server {{ listen {address}:{port} ssl; ssl_certificate {pem}; ssl_certificate_key {pem}; }}"
_SPU = """[[spu]]
at = ["FPC0.PIC0", "FPC0.PIC1"]
role = { value = "SPU Flow", kind = "assumed", source = "a worker" }
threads = { value = 1, kind = "assumed", source = "a worker has one" }
max_sessions = { value = 65536, kind = "assumed", source = "chosen" }

[costs]
from = "./this-machine.costs.toml"
"""


class Nginx:
    """The server behind some sites."""

    def __init__(self, directory: Path, sites: Collection[Site]) -> None:
        directory.chmod(0o755)
        (directory / "small").write_text("hi\n", encoding="ascii")
        with (directory / "bulk").open("wb") as file:
            file.truncate(_BULK)
        servers = " ".join(_SERVER.format(address=LOOPBACK, port=site.connects_to, pem=site.directory / "server.pem")
                           for site in sites)
        (directory / "nginx.conf").write_text(_NGINX.format(directory=directory, servers=servers), encoding="ascii")
        self._process = subprocess.Popen(["nginx", "-c", directory / "nginx.conf", "-p", directory])

    def __enter__(self) -> Self:
        time.sleep(1.0)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()


def sessions(site: Site, seconds: int) -> None:
    """Short ones, by wrk."""
    run("wrk", "-c16", "-t1", f"-d{seconds}s", "-H", f"Host: {NAME}", "-H", "Connection: close", f"{url(site)}/small")


def bulk(site: Site) -> None:
    """Much data, by curl."""
    run("curl", "--silent", "--insecure", "--output", "/dev/null", f"{url(site)}/bulk")


def url(site: Site) -> str:
    """Where clients find a site."""
    return f"https://{LOOPBACK}:{site.address[1]}"


def run(*command: str) -> None:
    """To its end."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def platform_file(directory: Path, costs: str) -> Path:
    """This machine as a platform with two SPUs."""
    (directory / "this-machine.costs.toml").write_text(costs, encoding="utf-8")
    path = directory / "this-machine.toml"
    head = (PLATFORMS / "generic.toml").read_text(encoding="utf-8").partition("[[spu]]")[0]
    path.write_text(head + _SPU, encoding="utf-8")
    return path
