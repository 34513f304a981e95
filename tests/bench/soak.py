"""Hours in minutes: full load, a crowd of idle clients, a great many sites; nothing may grow, and nothing be lost.

A proxy with two workers stands between wrk (the Debian package) and nginx, all on the loopback. Each part prints what it
sees as it goes, and fails with what was expected.
"""

import argparse
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from nf.dataplane.control import ask
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.running_proxy import RunningProxy, free_port
from tests.helpers.waiting import until

DOMAIN = "sites.example.test"
GROWTH = 0.10  # of memory, between the first quarter and the end
HANDSHAKES = 8  # threads that open connections


@dataclass(frozen=True)
class State:
    """The proxy's processes together."""

    processes: tuple[int, ...]  # kilobytes of each, the central point first
    descriptors: int
    counters: dict[str, int]

    @property
    def kilobytes(self) -> int:
        return sum(self.processes)

    @property
    def lost(self) -> dict[str, int]:
        """Sessions that ended in another way than they should, by the way."""
        return {name: count for name, count in self.counters.items()
                if count and name.startswith(("dropped", "lost", "refused", "unfinished"))}


def state(proxy: RunningProxy) -> State:
    rollups = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in (proxy.process.pid, *proxy.workers().values()))
    kilobytes = (next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) for rollup in rollups)
    return State(tuple(kilobytes), proxy.descriptors(), proxy.counters())


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a tool's own output


def demand(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"soak: FAILED: {what}")
    say(f"  ok: {what}")


@contextmanager
def origin(directory: Path, pki: LoopbackPki, more: str = "", protocol: str = "") -> Iterator[tuple[str, int]]:
    """nginx with a certificate for every name in DOMAIN; `more` is for its server, `protocol` for its socket."""
    port = free_port()
    (directory / "page").write_text("hello\n")
    (directory / "nginx.conf").write_text(f"""daemon off; worker_processes 1; pid {directory}/pid; error_log {directory}/error;
        events {{ worker_connections 16384; }} http {{ access_log off; keepalive_timeout 600; server {{
        listen 127.0.0.1:{port} ssl {protocol} backlog=4096; ssl_certificate {pki.directory}/sites.pem;
        ssl_certificate_key {pki.directory}/sites.pem; ssl_session_cache shared:S:10m; root {directory}; {more} }} }}""")
    nginx = subprocess.Popen(["nginx", "-p", str(directory), "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "nginx is there")
        yield "127.0.0.1", port
    finally:
        nginx.terminate()
        nginx.wait(10)


def load(proxy: RunningProxy, minutes: float) -> None:
    """New sessions as fast as they go."""
    say(f"load: {minutes:g} minutes of new sessions, 32 at a time")
    url = f"https://127.0.0.1:{proxy.address[1]}/page"
    wrk = subprocess.Popen(["wrk", "-t2", "-c32", f"-d{int(minutes * 60)}s", "--timeout", "30s", "-H", "Connection: close",
                            "-H", f"Host: www.{DOMAIN}", url], stdout=subprocess.PIPE, text=True)
    seen: list[State] = []
    before = time.monotonic()
    while wrk.poll() is None:
        time.sleep(min(10.0, minutes * 6))
        seen.append(now := state(proxy))
        say(f"  {time.monotonic() - before:5.0f} s  {now.counters.get('decrypted', 0):8} sessions  "
            f"{now.kilobytes / 1024:6.1f} MB  {now.descriptors:5} descriptors")
    printed = wrk.stdout.read() if wrk.stdout else ""
    until(proxy.is_idle, "the last session's end")
    after, early = state(proxy), seen[len(seen) // 4]
    say("  " + " ".join(line.strip() for line in printed.splitlines() if "requests in" in line or "errors" in line))
    demand("Socket errors" not in printed, "no client met an error")
    # wrk leaves at the end of its time: 32 sessions may be cut off in whatever they were doing
    lost = max(after.lost.values(), default=0)
    demand(lost <= 32, f"no session lost in {after.counters.get('decrypted', 0)}; cut off by wrk's end: {after.lost}")
    demand(after.kilobytes <= early.kilobytes * (1 + GROWTH),
           f"memory flat: {early.kilobytes / 1024:.1f} MB after a quarter, {after.kilobytes / 1024:.1f} MB at the end")
    demand(after.descriptors <= seen[0].descriptors, f"descriptors given back: {after.descriptors}")


def crowd(proxy: RunningProxy, pki: LoopbackPki, idle: int, active: int) -> None:
    """Sessions that wait, and others that work beside them."""
    say(f"crowd: {idle} idle sessions and {active} active ones at once")
    empty = state(proxy)
    clients = connected(proxy, pki, [f"www.{DOMAIN}"] * (idle + active))
    full = state(proxy)
    demand(ask(proxy.control, {"show": "sessions"})["total"] == idle + active, f"{idle + active} sessions in the table")
    say(f"  {(full.kilobytes - empty.kilobytes) / len(clients):.1f} KB a session")
    for _ in range(5):
        for client in clients[:active]:
            client.sendall(f"GET /page HTTP/1.1\r\nHost: www.{DOMAIN}\r\n\r\n".encode())
        for client in clients[:active]:
            answered(client)
    demand(all(alive(client) for client in clients[active:]), "all idle sessions still answer")
    for client in clients:
        client.close()
    until(proxy.is_idle, "the end of all sessions", 60)
    until(lambda: state(proxy).descriptors <= empty.descriptors, f"descriptors are back at {empty.descriptors}")


def sites(proxy: RunningProxy, pki: LoopbackPki, count: int) -> None:
    """As many names as a small country has, each seen once."""
    say(f"sites: {count} distinct names")
    filled: State | None = None
    for first in range(0, count, 1000):
        for client in connected(proxy, pki, [f"s{number}.{DOMAIN}" for number in range(first, min(count, first + 1000))]):
            client.close()
        until(proxy.is_idle, "their end", 60)
        if first % 5000 == 0:
            seen = state(proxy)
            say(f"  {first + 1000:6} names  {seen.kilobytes / 1024:6.1f} MB: {[kb // 1024 for kb in seen.processes]}")
        if first == 2 * count // 5 // 1000 * 1000:  # by then every cache of both workers is full
            filled = state(proxy)
    after = state(proxy)
    assert filled is not None
    demand(after.kilobytes <= filled.kilobytes * (1 + GROWTH),
           f"caches bounded: {filled.kilobytes / 1024:.1f} MB after two fifths, {after.kilobytes / 1024:.1f} MB after all")


def connected(proxy: RunningProxy, pki: LoopbackPki, names: list[str]) -> list[ssl.SSLSocket]:
    """One client a name, their handshakes done."""
    context, found, waiting = pki.client_context(), [], list(names)

    def connect() -> None:
        while waiting:
            try:
                name = waiting.pop()
            except IndexError:
                return
            found.append(context.wrap_socket(proxy.connect(), server_hostname=name))

    threads = [threading.Thread(target=connect) for _ in range(HANDSHAKES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    demand(len(found) == len(names), f"{len(names)} handshakes")
    return found


def answered(client: ssl.SSLSocket) -> None:
    head = b""
    while b"hello\n" not in head:
        more = client.recv(4096)
        if not more:
            raise SystemExit("soak: FAILED: an active session ended")
        head += more


def alive(client: ssl.SSLSocket) -> bool:
    client.sendall(f"GET /page HTTP/1.1\r\nHost: www.{DOMAIN}\r\n\r\n".encode())
    answered(client)
    return True


def main() -> None:
    """Run the parts that were asked for, all of them by default."""
    words = argparse.ArgumentParser(prog="soak", description=__doc__.splitlines()[0])
    words.add_argument("parts", nargs="*", choices=["load", "crowd", "sites", []], help="default: all")
    words.add_argument("--minutes", type=float, default=10.0, help="of load (default 10)")
    words.add_argument("--idle", type=int, default=2000)
    words.add_argument("--active", type=int, default=200)
    words.add_argument("--names", type=int, default=50_000)
    wanted = words.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("soak: wrk is not there; apt-get install wrk")
    parts = wanted.parts or ["load", "crowd", "sites"]
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        directory.chmod(0o755)
        pki = LoopbackPki(directory)
        pki.add("sites", f"www.{DOMAIN}", f"*.{DOMAIN}")
        server = stack.enter_context(origin(directory, pki))
        for part in parts:
            room = directory / part
            room.mkdir()
            with RunningProxy(room, pki, server) as proxy:
                if part == "load":
                    load(proxy, wanted.minutes)
                elif part == "crowd":
                    crowd(proxy, pki, wanted.idle, wanted.active)
                else:
                    sites(proxy, pki, wanted.names)
                demand(proxy.end() == 0 and "Traceback" not in proxy.stderr, "the proxy ended well, without a traceback")
    say("soak: all held")


if __name__ == "__main__":
    main()
