"""`show security screen statistics`: of the devices' lines those that this box can count."""

from collections.abc import Sequence

from nf.cli.operate.grammar import Answer, Given, OperatorError

_WIDTH = 45


def statistics(answer: Answer, given: Given) -> Sequence[str]:
    """How often sessions met a limit, by zone."""
    if "zone" in given and not answer["zones"]:
        raise OperatorError(f"no security zone {given['zone']} with a screen")
    lines: list[str] = []
    for zone in answer["zones"]:
        lines += [f"Screen statistics of zone {zone['zone']}, screen {zone['screen']}:", "",
                  f"{'IDS attack type':<{_WIDTH}}Statistics",
                  f"{'  Source session limit':<{_WIDTH}}{zone['source']}",
                  f"{'  Destination session limit':<{_WIDTH}}{zone['destination']}", ""]
    return lines[:-1] or ["No zone has a screen."]
