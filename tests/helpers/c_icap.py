"""Debian's c-icap as a real child process with a configuration of its own, ended by its process id."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.running_proxy import free_port
from tests.helpers.waiting import until

_MODULES = "/usr/lib/x86_64-linux-gnu/c_icap"


@contextmanager
def c_icap(directory: Path, *lines: str) -> Iterator[int]:
    """Its port; services are echo, ex206 and url_check, which blocks www.example.test/forbidden, and what `lines` add."""
    port = free_port()
    (directory / "forbidden.txt").write_text("www.example.test/forbidden\n")
    config = directory / "c-icap.conf"
    config.write_text("\n".join([
        f"PidFile {directory}/c-icap.pid", f"CommandsSocket {directory}/c-icap.ctl", f"Port 127.0.0.1:{port}",
        "StartServers 1", "MaxServers 1", "ThreadsPerChild 10", "MinSpareThreads 1", "MaxSpareThreads 9", f"TmpDir {directory}",
        f"ModulesDir {_MODULES}", f"ServicesDir {_MODULES}", "TemplateDir /usr/share/c_icap/templates/",
        "TemplateDefaultLanguage en", "LoadMagicFile /etc/c-icap/c-icap.magic", f"ServerLog {directory}/server.log",
        f"AccessLog {directory}/access.log", "Service echo srv_echo.so", "Service ex206 srv_ex206.so",
        "Service url_check srv_url_check.so",
        f'url_check.LookupTableDB forbidden url hash:{directory}/forbidden.txt "what nobody may see"',
        "url_check.Profile default block forbidden", "url_check.Profile default pass ALL", *lines, ""]))
    process = subprocess.Popen(["c-icap", "-N", "-f", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port), "c-icap listens")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
