"""Whether a session that does not begin with TLS is no SSL session at all (`non-ssl-detection-threshold`)."""

from nf.policy.profile import NonSslThreshold


class NonSslDetection:
    """Counts what the client sends until both thresholds are reached; a session that is not to be decrypted counts nothing."""

    def __init__(self, threshold: NonSslThreshold, wanted: bool) -> None:
        self.pending = wanted  # the thresholds are still to be reached
        self._threshold = threshold
        self._bytes = 0

    @property
    def undetermined(self) -> bool:
        """Whether the client has sent something, yet too little to tell."""
        return self.pending and self._bytes > 0

    def stop(self) -> None:
        """The session is known for what it is."""
        self.pending = False

    def reached(self, size: int, segments: int) -> bool:
        """So many more bytes have come from the client, in so many segments so far: true once, when both are enough."""
        if not self.pending:
            return False
        self._bytes += size
        self.pending = segments < self._threshold.packets or self._bytes < self._threshold.bytes
        return not self.pending
