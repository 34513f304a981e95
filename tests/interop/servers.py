"""Other people's TLS servers on the loopback, each with one page for NAME: nginx, Apache, OpenSSL's and GnuTLS's own."""

import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import LOOPBACK
from tests.helpers.running_proxy import free_port
from tests.helpers.waiting import until

Command = Callable[[Path, LoopbackPki, int, str], Sequence[str]]
BODY = "the server's own words"
_MODULES = Path("/usr/lib/apache2/modules")


def _nginx(place: Path, pki: LoopbackPki, port: int, version: str) -> Sequence[str]:
    pem = pki.directory / "good.pem"
    (place / "nginx.conf").write_text(f"""daemon off; pid {place}/pid; error_log stderr; events {{}}
        http {{ access_log off; client_body_temp_path {place}; proxy_temp_path {place}; fastcgi_temp_path {place};
        uwsgi_temp_path {place}; scgi_temp_path {place};
        server {{ listen {LOOPBACK}:{port} ssl http2; ssl_protocols TLSv{version};
        location / {{ return 200 "{BODY}"; }} ssl_certificate {pem}; ssl_certificate_key {pem}; }} }}""")
    return ["nginx", "-e", "stderr", "-p", str(place), "-c", str(place / "nginx.conf")]


def _apache(place: Path, pki: LoopbackPki, port: int, version: str) -> Sequence[str]:
    loaded = "\n".join(f"LoadModule {name}_module {_MODULES}/mod_{name}.so"
                       for name in ("mpm_event", "authz_core", "ssl", "http2", "socache_shmcb"))
    (place / "index").write_text(BODY)
    (place / "apache.conf").write_text(f"""{loaded}
        ServerName {NAME}
        ServerRoot {place}
        PidFile {place}/pid
        ErrorLog {place}/error.log
        DefaultRuntimeDir {place}
        Listen {LOOPBACK}:{port}
        DocumentRoot {place}
        Protocols h2 http/1.1
        SSLSessionCache shmcb:{place}/sessions
        SSLEngine on
        SSLProtocol TLSv{version}
        SSLCertificateFile {pki.directory}/good.pem""")
    return ["apache2", "-X", "-f", str(place / "apache.conf")]


def _openssl(_: Path, pki: LoopbackPki, port: int, version: str) -> Sequence[str]:
    return ["openssl", "s_server", "-accept", f"{LOOPBACK}:{port}", "-cert", str(pki.directory / "good.pem"), "-WWW",
            f"-tls{version.replace('.', '_')}"]


def _gnutls(_: Path, pki: LoopbackPki, port: int, version: str) -> Sequence[str]:
    pem = str(pki.directory / "good.pem")
    return ["gnutls-serv", "--http", "--port", str(port), "--x509certfile", pem, "--x509keyfile", pem,
            "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}"]


SERVERS: dict[str, tuple[Command, str]] = {  # and how curl calls the HTTP version that it speaks
    "nginx": (_nginx, "2"), "apache": (_apache, "2"), "openssl": (_openssl, "1"), "gnutls": (_gnutls, "1")}


@contextmanager
def running(program: str, place: Path, pki: LoopbackPki, version: str) -> Iterator[tuple[str, int]]:
    """Start it with this TLS version alone; its address, once it accepts."""
    port = free_port()
    command, _ = SERVERS[program]
    (place / "index").write_text(BODY)
    with (place / "said").open("wb") as said:
        process = subprocess.Popen(command(place, pki, port, version), cwd=place, stdin=subprocess.DEVNULL, stdout=said,
                                   stderr=said)
    try:
        until(lambda: process.poll() is not None or _accepts(port), f"{program} accepts")
        assert process.poll() is None, (place / "said").read_text()
        yield LOOPBACK, port
    finally:
        process.terminate()
        process.wait(20)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
