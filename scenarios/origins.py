"""Origin servers of a lab: nginx with a virtual server for each name, `openssl s_server` for what is not HTTP."""

import gzip
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from scenarios.certificates import LabPki
from scenarios.programs import Running, run, start
from scenarios.schema import STARTTLS, Origin

FILES = {
    "/hello": b"These are the server's own words.\n",
    "/bulk": bytes(value * value % 251 for value in range(65521)) * 4,  # 256 KB that no record boundary divides
}
_BASE64 = "base64:"
_ZEROS = "gzip-of-zeros:"  # so many megabytes of them
ACCESS_LOG = "access.jsonl"
CLIENT_CA = "client-ca.crt"  # the lab's root, whose key is beside it
UPGRADING = {*STARTTLS, "websocket", "cut-off"}
TRANSFERRING = {"mail", "files"}
_FRAME = """user root;
worker_processes 1;
pid {site}/nginx.pid;
error_log {site}/error.log warn;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {site}; proxy_temp_path {site}; fastcgi_temp_path {site}; uwsgi_temp_path {site};
    scgi_temp_path {site};
    log_format seen escape=json '{{"origin":"$server_name","port":$server_port,"source":"$remote_addr",'
                                '"request":"$request","protocol":"$ssl_protocol","cipher":"$ssl_cipher",'
                                '"reused":"$ssl_session_reused"}}';
    access_log {site}/{log} seen;
    default_type application/octet-stream;
    root {site}/files;
{servers}}}
"""
_SERVER = """    server {{
        listen {port}{options};
        listen [::]:{port}{options};
        server_name {name};
        limit_rate {rate};
        location ~ [.]packed$ {{ add_header Content-Encoding gzip; }}
{tls}    }}
"""
_TLS = """        ssl_certificate {stem}.crt;
        ssl_certificate_key {stem}.key;
        ssl_protocols {protocols};
        ssl_ciphers {ciphers};
        ssl_verify_client {client};
        ssl_client_certificate {client_ca};
{staple}"""
OLD = {"TLSv1", "TLSv1.1"}
_ASKS = {"none": [], "optional": ["-verify", "2"], "required": ["-Verify", "2"]}
WEAK = {"sha1", "rsa-1024"}  # certificates that OpenSSL serves at its lowest security level only


def content(text: str) -> bytes:
    """The bytes that a scenario writes as a text, or in another way behind a word that says so."""
    if text.startswith(_ZEROS):
        return gzip.compress(bytes(int(text.removeprefix(_ZEROS)) << 20), mtime=0)
    return b64decode(text.removeprefix(_BASE64)) if text.startswith(_BASE64) else text.encode()


def contents(files: Mapping[str, str]) -> dict[str, bytes]:
    """Everything that nginx serves, by path."""
    return {**FILES, **{path: content(text) for path, text in files.items()}}


def served(files: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of each file that nginx serves, by path."""
    return {path: sha256(body).hexdigest() for path, body in contents(files).items()}


def nginx_configuration(origins: Sequence[Origin], site: Path) -> str:
    """The configuration of one host's nginx."""
    return _FRAME.format(site=site, log=ACCESS_LOG, servers="".join(_server(origin, site) for origin in origins))


def _server(origin: Origin, site: Path) -> str:
    options = (" ssl" if origin.tls else "") + (" http2" if origin.http2 else "")
    tls = _tls(origin, site) if origin.tls else ""
    return _SERVER.format(port=origin.port, options=options, name=origin.name, tls=tls,
                          rate=origin.bytes_a_second)


def _tls(origin: Origin, site: Path) -> str:
    client = {"none": "off", "required": "on"}.get(origin.client_certificate, "optional")
    return _TLS.format(stem=stem(origin, site), protocols=" ".join(origin.protocols), ciphers=_ciphers(origin),
                       client=client, client_ca=site / CLIENT_CA, staple=_staple(origin, site))


def _staple(origin: Origin, site: Path) -> str:
    file = f"{stem(origin, site)}.ocsp"
    return f"        ssl_stapling on;\n        ssl_stapling_file {file};\n" if origin.staple != "none" else ""


def _ciphers(origin: Origin) -> str:
    weak = OLD.intersection(origin.protocols) or origin.certificate in WEAK
    return (origin.ciphers or "DEFAULT") + "@SECLEVEL=0" * bool(weak)


def stem(origin: Origin, site: Path) -> Path:
    """Where an origin's certificate and key are, without their endings."""
    return site / f"{origin.name}-{origin.port}"


def start_origins(host: str, origins: Sequence[Origin], pki: LabPki, site: Path,
                  within: Sequence[str], files: Mapping[str, str]) -> list[Running]:
    """Start everything that listens on one host; returns when all of it does."""
    (site / "files").mkdir(parents=True)
    for path, body in contents(files).items():
        file = site / "files" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    pki.root.write(site / "client-ca")
    for origin in origins:
        leaf = pki.leaf(origin.name, origin.certificate)
        leaf.write(stem(origin, site))
        if origin.staple != "none":
            Path(f"{stem(origin, site)}.ocsp").write_bytes(pki.staple(leaf, origin.staple))
    web = [origin for origin in origins if origin.program == "nginx"]
    if web:
        (site / ACCESS_LOG).touch()
        (site / "nginx.conf").write_text(nginx_configuration(web, site), encoding="utf-8")
        run(["nginx", "-e", str(site / "error.log"), "-p", str(site), "-c", str(site / "nginx.conf")], within)
    knocks = [_start_quic(host, origin, site, within) for origin in origins if origin.program == "quic"]
    upgrading = [_start_upgrading(host, origin, site, within) for origin in origins if origin.program in UPGRADING]
    transferring = [_start_transferring(host, origin, site, within) for origin in origins if origin.program in TRANSFERRING]
    closing = [_start_half_close(host, origin, site, within) for origin in origins if origin.program == "half-close"]
    echoes = [_start_echo(host, origin, site, within) for origin in origins if origin.program == "openssl"]
    for echo in echoes:
        echo.wait_for("ACCEPT", 5)
    return [*echoes, *knocks, *upgrading, *transferring, *closing]


def _start_upgrading(host: str, origin: Origin, site: Path, within: Sequence[str]) -> Running:
    at = stem(origin, site)
    command = [sys.executable, "-P", "-m", "scenarios.upgrades", origin.program, str(origin.port), f"{at}.crt", f"{at}.key"]
    running = start(f"{origin.program} server on {host}", command, Path(f"{at}.log"), within)
    running.wait_for("serving", 30)
    return running


def _start_transferring(host: str, origin: Origin, site: Path, within: Sequence[str]) -> Running:
    command = [sys.executable, "-P", "-m", "scenarios.transfers", origin.program, str(origin.port), str(site / "files")]
    running = start(f"{origin.program} server on {host}", command, Path(f"{stem(origin, site)}.log"), within)
    running.wait_for("serving", 30)
    return running


def _start_half_close(host: str, origin: Origin, site: Path, within: Sequence[str]) -> Running:
    at = stem(origin, site)
    command = [sys.executable, "-P", "-m", "scenarios.half_close", "serve", str(origin.port), str(site / "files"),
               *[f"{at}.crt", f"{at}.key"] * origin.tls]
    running = start(f"half-close server on {host}", command, Path(f"{at}.log"), within)
    running.wait_for("serving", 30)
    return running


def _start_quic(host: str, origin: Origin, site: Path, within: Sequence[str]) -> Running:
    command = [sys.executable, "-P", "-m", "scenarios.quic", "serve", str(origin.port)]
    running = start(f"QUIC server on {host}", command, Path(f"{stem(origin, site)}.log"), within)
    running.wait_for("serving", 30)
    return running


def _start_echo(host: str, origin: Origin, site: Path, within: Sequence[str]) -> Running:
    at = stem(origin, site)
    command = ["openssl", "s_server", "-accept", str(origin.port), "-cert", f"{at}.crt", "-key", f"{at}.key",
               "-verifyCAfile", str(site / CLIENT_CA),
               "-min_protocol", origin.protocols[0], "-max_protocol", origin.protocols[-1],
               "-cipher", _ciphers(origin), *_ASKS[origin.client_certificate], "-rev"]
    return start(f"openssl s_server on {host}", command, Path(f"{at}.log"), within)


def by_host(origins: Sequence[Origin]) -> dict[str, list[Origin]]:
    """The origins of each host."""
    return {host: list(own) for host, own in groupby(sorted(origins, key=lambda it: it.host), key=lambda it: it.host)}
