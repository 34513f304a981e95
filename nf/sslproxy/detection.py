"""Whether a session that does not begin with TLS is no SSL session at all (`non-ssl-detection-threshold`)."""

from msgspec import Struct

from nf.policy.profile import NonSslThreshold


class NonSslDetection(Struct, gc=False):
    """Counts what the client sends until both thresholds are reached; a session that is not to be decrypted counts nothing."""

    threshold: NonSslThreshold
    pending: bool  # the thresholds are still to be reached
    counted: int = 0  # bytes

    @property
    def undetermined(self) -> bool:
        """Whether the client has sent something, yet too little to tell."""
        return self.pending and self.counted > 0

    def stop(self) -> None:
        """The session is known for what it is."""
        self.pending = False

    def reached(self, size: int, segments: int) -> bool:
        """So many more bytes have come from the client, in so many segments so far: true once, when both are enough."""
        if not self.pending:
            return False
        self.counted += size
        self.pending = segments < self.threshold.packets or self.counted < self.threshold.bytes
        return not self.pending
