"""What intrusion detection costs: `python -m tests.bench.idp [--rounds N]`.

Prints how much CPU the workers take for 100 MB with AppTrack alone and with IDP's own attacks and application
identification beside it, in turns; and how long hyperscan and Python's `re` take for the same expressions and requests.
"""

import argparse
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
_IDP = """idp { idp-policy P { rulebase-ips { rule R { match { attacks { predefined-attack-groups WEB; } }
    then { action { recommended; } notification { log-attacks; } } } } } }
    policies {"""


def cpu(proxy: RunningProxy) -> float:
    """Seconds of CPU that the workers have taken."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split() for pid in proxy.workers().values()]
    return sum(int(one[11]) + int(one[12]) for one in fields) / 100


def fetch(proxy: RunningProxy, pki: LoopbackPki) -> float:
    """CPU seconds for one download, HTTP/1.1 over TLS."""
    before, port = cpu(proxy), proxy.address[1]
    subprocess.run(["curl", "--silent", "--fail", "--http1.1", "--cacert", pki.proxy_root, "--output", "/dev/null",
                    "--resolve", f"{NAME}:{port}:127.0.0.1", f"https://{NAME}:{port}/bulk"], check=True)
    time.sleep(0.2)
    return cpu(proxy) - before


def bulk(rounds: int) -> None:
    """Downloads through both, in turns."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)  # nginx's worker is someone else
        pki = LoopbackPki(directory)
        pki.add("sites", NAME)
        (directory / "bulk").write_bytes(bytes(range(256)) * (SIZE >> 8))
        asking = CONFIGURATION.replace("policies {", _IDP, 1).replace("ssl-proxy {", "idp-policy P; ssl-proxy {", 1)
        for part in ("plain", "idp"):
            (directory / part).mkdir()
        with (origin(directory, pki) as server,
              RunningProxy(directory / "plain", pki, server, workers=1) as plain,
              RunningProxy(directory / "idp", pki, server, workers=1, configuration=asking) as idp):
            pairs = [(fetch(plain, pki), fetch(idp, pki)) for _ in range(rounds + 1)][1:]
    alone, both = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(second / first for first, second in pairs)
    say(f"CPU for 100 MB: AppTrack {alone * 1000:.0f} ms, with IDP and AppID {both * 1000:.0f} ms, ratio {ratio:.2f}")


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
