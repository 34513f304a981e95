"""What a worker has seen of attacks, for operators."""

from collections import Counter

from nf.policy.attacks import IdpAction


class Counters:
    """Counts since the start or the last `clear`."""

    def __init__(self) -> None:
        self.attacks: Counter[str] = Counter()
        self.others: Counter[str] = Counter()

    def count(self, what: str) -> None:
        """One more of these."""
        self.others[what] += 1

    def attack(self, name: str, action: IdpAction) -> None:
        """An attack was found, and this became of its session."""
        self.attacks[name] += 1
        self.others[f"action {action.value}"] += 1
