"""One long body through each service that looks into content: `nice python -m tests.bench.bodies [--megabytes N]`.

Memory stays where it was, whatever passes; what is too long for antivirus has the verdict that the configuration wants.
"""

import argparse
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.bench.soak import demand, origin, say
from tests.helpers.c_icap import c_icap
from tests.helpers.clamd import Clamd
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

LIMIT = 10_000  # KB that antivirus scans at most
GROWTH = 24 << 10  # KB that a worker's memory may grow by, beyond what is held back at the configuration's own wish
_CHUNKED = "location /chunked { ssi on; ssi_types *; }"  # what may include more has no length beforehand


@dataclass(frozen=True)
class Run:
    """What the configuration says, what is fetched, whether all of it arrives, and what the log says."""

    name: str
    services: str
    more: str
    file: str = "long"
    arrives: bool = True
    logs: str = ""
    held: int = 0  # KB


def runs(clamd: Path, icap: int) -> Iterator[Run]:
    """Every service, and every way of antivirus."""
    utm = "security {{ utm {{ {} utm-policy u {{ {} http-profile p; }} }} }} }}".format
    content = utm("feature-profile { content-filtering { profile p { block-content-type { exe; } } } }", "content-filtering {")
    yield Run("content filtering", "utm-policy u;", content)
    for fallback, name in (("log-and-permit", "PASSED"), ("block", "DROPPED")):
        for forwarding, mode in (("continuous", ""), ("hold", "forwarding-mode hold; trickling timeout 2;")):
            defaults = f"""default-configuration {{ anti-virus {{ apply-macro srxnf {{ clamd unix:{clamd}; }}
                {mode} scan-options {{ content-size-limit {LIMIT}; }}
                fallback-options {{ default block; content-size {fallback}; }} }} }}"""
            text = utm(f"{defaults} feature-profile {{ anti-virus {{ profile p; }} }}", "anti-virus {")
            for file in ("long", "chunked"):
                yield Run(f"antivirus, {forwarding}, {file}, {fallback}", "utm-policy u;", text, file, name == "PASSED",
                          f"AV_FILE_NOT_SCANNED_{name}_MT", 3 * LIMIT * (forwarding == "hold"))
    profile = f"server S {{ host 127.0.0.1; port {icap}; respmod-uri echo; }} http {{ redirect-response; }} timeout 30000;"
    yield Run("ICAP", "icap-redirect P;", f"services {{ icap-redirect {{ profile P {{ {profile} }} }} }}")


def peak(proxy: RunningProxy) -> int:
    """KB that its workers together had at most."""
    statuses = (Path(f"/proc/{pid}/status").read_text() for pid in proxy.workers().values())
    return sum(int(found[1]) for text in statuses if (found := re.search(r"VmHWM:\s+(\d+)", text)))


def fetch(proxy: RunningProxy, pki: LoopbackPki, file: str) -> int:
    """How many bytes arrive."""
    port = proxy.address[1]
    done = subprocess.run(["curl", "--silent", "--http1.1", "--cacert", pki.proxy_root, "--output", "/dev/null", "--write-out",
                           "%{size_download}", "--resolve", f"{NAME}:{port}:127.0.0.1", f"https://{NAME}:{port}/{file}"],
                          capture_output=True, text=True, check=False)
    return int(done.stdout)


def measure(run: Run, directory: Path, pki: LoopbackPki, server: tuple[str, int], size: int) -> None:
    """One body under one configuration."""
    text = CONFIGURATION.replace("application-services {", f"application-services {{ {run.services}")
    text = f"{text}\n{run.more}"
    with RunningProxy(directory, pki, server, workers=1, configuration=text) as proxy:
        fetch(proxy, pki, "page")
        before = peak(proxy)
        arrived = fetch(proxy, pki, run.file)
        until(proxy.is_idle, "the session's end")
        grown = peak(proxy) - before
        say(f"{run.name}: {arrived / 1e6:.0f} MB arrived, {grown / 1024:.1f} MB grown")
        demand((arrived == size) is run.arrives, "all of it has arrived" if run.arrives else "not all of it has arrived")
        demand(grown <= GROWTH + run.held, f"memory grew by {GROWTH + run.held >> 10} MB at most")
        names = {record["name"] for record in proxy.all_records()}
        demand(not run.logs or run.logs in names, f"the log has {run.logs or 'nothing to have'}")


def main() -> None:
    """Every run in turn."""
    words = argparse.ArgumentParser(prog="bodies", description=__doc__.splitlines()[0])
    words.add_argument("--megabytes", type=int, default=1024)
    size = words.parse_args().megabytes << 20
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        directory.chmod(0o755)  # nginx's worker is someone else
        pki = LoopbackPki(directory)
        pki.add("sites", NAME)
        for file in ("long", "chunked"):
            with (directory / file).open("wb") as sparse:
                sparse.truncate(size)
        server = stack.enter_context(origin(directory, pki, _CHUNKED))
        (clamd := directory / "clamd").mkdir()
        (icap := directory / "icap").mkdir()
        engines = stack.enter_context(Clamd(clamd)).socket, stack.enter_context(c_icap(icap))
        for number, run in enumerate(runs(*engines)):
            (place := directory / str(number)).mkdir()
            measure(run, place, pki, server, size)
    say("bodies: all held")


if __name__ == "__main__":
    main()
