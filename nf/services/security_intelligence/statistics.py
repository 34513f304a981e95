"""What security intelligence has done in one worker: numbers by category and action."""

from collections import Counter, defaultdict


class Statistics:
    """Counted with each look-up that finds somebody."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def count(self, category: str, action: str) -> None:
        """One more."""
        self._counts[category][action] += 1

    def facts(self) -> dict[str, dict[str, int]]:
        """As plain data."""
        return {category: dict(counts) for category, counts in self._counts.items()}

    def clear(self) -> None:
        """Begin anew."""
        self._counts.clear()
