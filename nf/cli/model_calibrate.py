"""`srxnf model calibrate`: what this machine's CPU takes for the work that the model knows."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nf.cli.calibration.prices import Prices


def calibrate(
    out: Annotated[Path | None, typer.Option(
        "--out", metavar="FILE", help="Write a cost table that platforms start from.")] = None,
) -> None:
    """Measure real handshakes, messages and bulk data, by keeping the engine busy on the loopback: about two minutes.

    A platform file starts from what --out writes by `from = "./FILE"` in its `[costs]`; a declared `scale` there makes it
    another machine's.

    Example: srxnf model calibrate --out this-machine.costs.toml
    """
    from rich.progress import Progress

    from nf.cli.calibration.cost_file import cost_table
    from nf.cli.calibration.measure import ROUNDS, STEPS, measure
    from nf.cli.calibration.site import CalibrationError
    from nf.cli.inputs import fail

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # that cleans up as well
    try:
        with Progress(auto_refresh=False) as progress:  # whose thread would be forked with the peers
            task = progress.add_task("starting", total=STEPS * ROUNDS)
            told = 0

            def tell(label: str) -> None:
                nonlocal told
                progress.update(task, description=label, completed=told, refresh=True)
                told += 1

            found = measure(tell)
            progress.update(task, description="done", completed=STEPS * ROUNDS, refresh=True)
        if out is not None:
            out.write_text(cost_table(found), encoding="utf-8")
    except (CalibrationError, OSError) as error:
        fail(f"cannot calibrate: {error}")
    except KeyboardInterrupt:
        fail("interrupted; nothing was written")
    _show(found)


def _show(found: "Prices") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Work", "Costs", "Unit", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, price, unit in (("session without TLS", found.plain.session_us, "us"),
                              ("more for one that comes alone", found.alone_us, "us"),
                              ("the same in the central point", found.plain.central_point_us, "us"),
                              ("message", found.plain.message_us, "us"), ("message, decrypted", found.message_us, "us"),
                              ("byte without TLS", found.plain.byte_ns, "ns"),
                              *((name, price, "us a handshake") for name, price in sorted(found.handshakes.items())),
                              *((name, price, "ns a decrypted byte") for name, price in sorted(found.records.items())),
                              *((name, price, "ns an inspected byte") for name, price in sorted(found.services.items()))):
        table.add_row(name, f"{price:.4g}", unit)
    Console().print(table)
