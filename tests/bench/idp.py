"""What intrusion detection costs: `python -m tests.bench.idp [--rounds N]`.

Prints how much CPU the workers take for 100 MB with AppTrack alone, with IDP's own attacks and application identification
beside it, and with IDP that has seen enough, in turns; and how long hyperscan and Python's `re` take for the same
expressions and requests.
"""

import argparse
import contextlib
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nf.policy.attacks import Regex
from nf.services.idp.contexts import REQUEST_BODY
from nf.services.idp.database import Database
from nf.services.idp.normal import uris
from nf.services.idp.predefined import predefined
from tests.bench.soak import origin, say
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.services.idp.ordinary import ORDINARY

SIZE = 100 << 20
_IDP = """idp {
    idp-policy idp { rulebase-ips { rule R { match { attacks { predefined-attack-groups WEB; } }
        then { action { recommended; } notification { log-attacks; } } } } }
    idp-policy left { rulebase-ips { rule R { match { attacks { custom-attacks THIS; } }
        then { action { ignore-connection; } } } } }
    custom-attack THIS { attack-type { signature { context http-url; pattern "/"; } } } }
    policies {"""


_WAYS = {"HTTP/1.1, its length known": ("--http1.1", "bulk"), "HTTP/1.1 in chunks": ("--http1.1", "chunked"),
         "HTTP/2": ("--http2", "bulk")}


def cpu(proxy: RunningProxy) -> float:
    """Seconds of CPU that the workers have taken."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in proxy.workers().values()) / 1e9


def fetch(proxy: RunningProxy, pki: LoopbackPki, way: str) -> float:
    """CPU seconds for one download over TLS."""
    (version, file), before, port = _WAYS[way], cpu(proxy), proxy.address[1]
    subprocess.run(["curl", "--silent", "--fail", version, "--cacert", pki.proxy_root, "--output", "/dev/null",
                    "--resolve", f"{NAME}:{port}:127.0.0.1", f"https://{NAME}:{port}/{file}"], check=True)
    time.sleep(0.2)
    return cpu(proxy) - before


def bulk(rounds: int) -> None:
    """Downloads with AppTrack alone and with more services, in turns."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)  # nginx's worker is someone else
        pki = LoopbackPki(directory)
        pki.add("sites", NAME)
        for file in ("bulk", "chunked"):
            (directory / file).write_bytes(bytes(range(256)) * (SIZE >> 8))
        chunked = "location /chunked { ssi on; ssi_types *; }"  # what may include more has no length beforehand
        texts = {"AppTrack alone": CONFIGURATION, "with IDP and AppID": _asking("idp"),
                 "after IDP has dropped out": _asking("left")}
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(origin(directory, pki, chunked, "http2"))
            proxies = {}
            for number, (what, text) in enumerate(texts.items()):
                (place := directory / str(number)).mkdir()
                proxies[what] = stack.enter_context(RunningProxy(place, pki, server, workers=1, configuration=text))
            for way in _WAYS:
                _told(way, [{what: fetch(proxy, pki, way) for what, proxy in proxies.items()} for _ in range(rounds + 1)][1:])


def _asking(policy: str) -> str:
    asked = CONFIGURATION.replace("policies {", _IDP, 1)
    return asked.replace("ssl-proxy {", f"idp-policy {policy}; ssl-proxy {{", 1)


def _told(way: str, taken: list[dict[str, float]]) -> None:
    for what in taken[0]:
        median = statistics.median(one[what] for one in taken)
        ratio = statistics.median(one[what] / one["AppTrack alone"] for one in taken)
        say(f"{way}: CPU for 100 MB {what} {median * 1000:.0f} ms, ratio {ratio:.2f}")


def engines(rounds: int) -> None:
    """The same expressions over the same addresses, and over contents of 16 KB."""
    targets = [uri for stream in ORDINARY for _, data in stream if data[:1].isupper() and data.count(b" ") > 1
               for uri in uris(data.split(b" ")[1])]
    _compared("http.uri", targets, rounds * 10, "addresses")
    text = b" ".join(data for stream in ORDINARY for _, data in stream)
    _compared(REQUEST_BODY, [(text * 3)[:16 << 10]], rounds * 20, "content of 16 KB")


def _compared(context: str, buffers: list[bytes], rounds: int, what: str) -> None:
    members = [member for attack in predefined().values() for member in attack.members if member.context == context]
    expressions = [test for member in members for test in member.tests if isinstance(test, Regex)]
    database = Database(expressions, streams=False)
    plain = [re.compile(test.expression.encode("latin-1"), (re.IGNORECASE if test.nocase else 0)) for test in expressions]

    def timed(scan: Callable[[bytes], object], times: int) -> float:
        begun = time.process_time()
        for _ in range(times):
            for buffer in buffers:
                scan(buffer)
        return (time.process_time() - begun) / (times * len(buffers))

    fast, slow = timed(database.scan, rounds), timed(lambda buffer: [one.search(buffer) for one in plain], max(1, rounds // 10))
    say(f"{len(expressions)} expressions over {len(buffers)} {what}: hyperscan {fast * 1e6:.1f} us each, "
        f"re {slow * 1e6:.1f} us each, ratio {slow / fast:.0f}")


def main() -> None:
    """Both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    engines(rounds)
    bulk(rounds)


if __name__ == "__main__":
    main()
