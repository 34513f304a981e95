"""`show services srxnf cpu`, which no device has: the model beside the processes."""

from collections.abc import Sequence

from nf.cli.operate.grammar import Answer, Given


def cpu(answer: Answer, _: Given) -> Sequence[str]:
    """CPU seconds since the start of each worker; `ratio` is real over modelled."""
    lines = [f"Modelled: {answer['platform']}. Real: processes of this machine. Calibrate to compare: srxnf model calibrate.",
             "Worker      PID  Sessions  Modelled s     Real s  Ratio  SPUs"]
    for row in answer["workers"]:
        real, modelled = row["real"], row["modelled"]
        ratio = f"{real / modelled:.2f}" if real is not None and modelled else "-"
        told = "down" if real is None else f"{real:.3f}"
        spus = ", ".join(f"FPC{pic['fpc']} PIC{pic['pic']}" for pic in row["pics"])
        lines.append(f"{row['worker']:>6}  {row['pid']:>7}  {row['sessions']:>8}  {modelled:>10.3f} {told:>10}  {ratio:>5}"
                     f"  {spus}")
    central = "unknown" if answer["central-point"] is None else f"{answer['central-point']:.3f} s"
    accepts = ", ".join(f"worker {index}" for index in answer["accepts"]) or "the central point"
    return [*lines, f"Central point: {answer['central-point-modelled']:.3f} s modelled, {central} real",
            f"Connections are accepted by {accepts}"]
