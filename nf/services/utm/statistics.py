"""What UTM has done in one worker, for operators; nothing but numbers by name."""

from collections import Counter
from typing import Any

FEATURES = ("session", "web-filtering", "anti-virus", "content-filtering", "anti-spam")


class Statistics:
    """Counters by feature, under the words in which they are shown."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {feature: Counter() for feature in FEATURES}
        self.engines: dict[str, str] = {}  # what each clamd did when it was asked last

    def count(self, feature: str, word: str, number: int = 1) -> None:
        """One more."""
        self._counts[feature][word] += number

    def of(self, feature: str) -> dict[str, Any]:
        """The counters of a feature."""
        return dict(self._counts[feature])

    def clear(self, feature: str) -> None:
        """Begin anew."""
        self._counts[feature].clear()
