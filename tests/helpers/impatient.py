"""`srxnf proxy` with short time-outs, for tests of what happens when they run out.

Words: CONFIG PKI LISTEN-PORT SERVER-ADDRESS:PORT CONTROL-SOCKET LOG.
"""

import sys
from pathlib import Path

from hwmodel import Chassis, load_platform
from nf import services
from nf.config import load
from nf.dataplane.assembly import DEFAULT_PLATFORM, engines_of
from nf.dataplane.central_point import CentralPointProcess
from nf.dataplane.duties import Duties
from nf.dataplane.wiring import FixedWiring
from nf.flow.first_path import FirstPath
from nf.pki import PkiStore
from nf.sinks import Sinks
from nf.sslproxy.plan import Timeouts

TIMEOUTS = Timeouts(silence=0.05, connect=0.5, handshake=0.5, idle=1.0)


def main(config: str, pki: str, listen: str, connect: str, control: str, log: str) -> None:
    """Put the same parts together as `srxnf proxy` does."""
    configuration = load(Path(config).read_text(encoding="utf-8"), config)
    zones = configuration.zone_map
    inside, outside = (zones.interfaces[zones.zones[zone].interfaces[0]] for zone in ("trust", "untrust"))
    first_path = FirstPath(configuration.systems, services.engage(configuration.systems),
                           configuration.non_ssl_threshold, TIMEOUTS)
    address, port = connect.rsplit(":", 1)
    wiring = FixedWiring(("127.0.0.1", int(listen)), (address, int(port)), inside, outside)
    duties = Duties(first_path, engines_of(configuration, PkiStore.load(Path(pki)), DEFAULT_PLATFORM), wiring,
                    Sinks(configuration.host_name, (Path(log),)))
    CentralPointProcess(Chassis(load_platform(DEFAULT_PLATFORM)), duties, 1, Path(control)).run("ready")


if __name__ == "__main__":
    main(*sys.argv[1:])
