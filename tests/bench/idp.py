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
    """The same expressions over the same addresses."""
    members = [attack.members[0] for attack in predefined().values()]
    tests = [test for member in members if member.context == "http.uri" for test in member.tests]
    expressions = [test for test in tests if isinstance(test, Regex)]
    database = Database(expressions, streams=False)
    plain = [re.compile(test.expression.encode("latin-1"), (re.IGNORECASE if test.nocase else 0)) for test in expressions]
    targets = [uri for stream in ORDINARY for _, data in stream if data[:1].isupper() and data.count(b" ") > 1
               for uri in uris(data.split(b" ")[1])]

    def timed(scan: Callable[[bytes], object]) -> float:
        begun = time.process_time()
        for _ in range(rounds * 20):
            for target in targets:
                scan(target)
        return (time.process_time() - begun) / (rounds * 20 * len(targets))

    fast, slow = timed(database.scan), timed(lambda target: [one.search(target) for one in plain])
    say(f"{len(expressions)} expressions over {len(targets)} addresses: hyperscan {fast * 1e6:.1f} us each, "
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
