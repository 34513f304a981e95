"""The two handshakes of a session that is decrypted: SSL-I with the server, the verdict on it, SSL-T with the client."""

from nf.inspection.passage import NOTHING
from nf.log.records import SslProxyMessage
from nf.pki import Verdict
from nf.policy.versions import TLS13
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy import journal
from nf.sslproxy.commands import Command
from nf.sslproxy.events import Timer
from nf.sslproxy.passing import Passing
from nf.sslproxy.reasons import UNFORGIVABLE, Caution, Reason, alert_for, reason_for
from nf.sslproxy.refusals import alert_after, misses_certificate, refuses_certificate
from nf.sslproxy.states import State
from nf.tls.alerts import HANDSHAKE_FAILURE, INTERNAL_ERROR
from nf.tls.client_hello import ClientHello
from nf.tls.grade import Grade, end_grade
from nf.tls.groups import X25519MLKEM768
from nf.tls.secured import Secured

HTTP2 = b"h2"


class Handshakes(Passing):
    """No plaintext moves before the server is judged, and none before the client has agreed."""

    # the server's side

    def _initiate(self, hello: ClientHello) -> list[Command]:
        self.state = State.INITIATING
        alpn = tuple(name for name in hello.alpn if name != HTTP2) if self.plan.disable_http2 else hello.alpn
        return [do.Arm(Timer.HANDSHAKE, self.plan.timeouts.handshake),
                do.Initiate(hello.server_name, alpn, TLS13 in hello.versions, X25519MLKEM768 in hello.groups)]

    def _initiation_done(self, event: on.InitiationDone) -> list[Command]:
        self._chain, self._server, self._asked = event.chain, event.parameters, event.asked
        if event.verdict is not None:
            return self._heed(event.verdict)
        self.state = State.JUDGING
        return [do.Judge(event.chain, self._server_name)]

    def _initiation_failed(self, event: on.InitiationFailed) -> list[Command]:
        if misses_certificate(event.failure, asked=event.asked):
            return self._client_certificate_missing(HANDSHAKE_FAILURE)
        return self._drop(Reason.SERVER_HANDSHAKE, f"openssl error: server handshake: {event.failure.text}",
                          alert_after(event.failure))

    def _server_alerted(self, event: on.ServerAlerted) -> list[Command]:
        """TLS 1.3 lets a client finish before the server has looked for its certificate; other alerts just end it."""
        missing = misses_certificate(event.failure, asked=self._asked)
        return self._client_certificate_missing() if missing else []

    def _client_certificate_missing(self, alert: int | None = None) -> list[Command]:
        profile = self.plan.profile
        learns = profile is not None and profile.client_certificate_bypass
        learned: list[Command] = [do.Learn(Reason.CLIENT_CERTIFICATE, self._server_name)] if learns else []
        return learned + self._drop(Reason.CLIENT_AUTHENTICATION, alert=alert)

    def _judged(self, event: on.Judged) -> list[Command]:
        return self._heed(event.verdict)

    def _heed(self, verdict: Verdict) -> list[Command]:
        assert self._hello is not None  # noqa: S101 - the server was greeted on its behalf
        self.verdict = verdict
        forgiven = self.plan.profile is not None and self.plan.profile.ignore_server_auth_failure
        if not verdict.ok and (verdict.reason in UNFORGIVABLE or not forgiven):
            return self._drop(reason_for(verdict.reason), verdict.message, alert_for(verdict.reason))
        self.state = State.TERMINATING
        allowed = [] if verdict.ok else journal.write(self.plan, SslProxyMessage.ALLOW, verdict.message)
        if verdict.ok and self._server_name is None:
            caution = Caution.NAME_UNUSABLE if self._hello.sni_malformed else Caution.NAME_UNCHECKED
            allowed = journal.write(self.plan, SslProxyMessage.WARNING, caution)
        return [*allowed, do.Terminate(self._hello, self._chain, self._server, verdict.reason)]

    # the client's side

    def _termination_done(self, _: on.TerminationDone) -> list[Command]:
        passage = self._inspection.secure(Secured(self._server_name, self._server.alpn, self._chain), self._now)
        if self.plan.rejects:
            return self._drop(Reason.REJECTED)
        grade = end_grade(self._server)
        warned = [] if grade is Grade.A else self._warn_of_server(grade)
        if passage is not NOTHING:
            warned += self._passed(passage)
            if self.state is State.DROPPED:
                return warned
        if self._inspection.done:
            return warned + self._relay()
        self.state = State.INSPECTING
        return [*warned, do.Arm(Timer.IDLE, self.plan.timeouts.idle), do.Inspect()]

    def _warn_of_server(self, grade: Grade) -> list[Command]:
        """The client's end looks better than the whole is."""
        server = f"{self._server.version} {self._server.cipher}"
        return journal.write(self.plan, SslProxyMessage.WARNING, f"system: server side is {server}, grade {grade.value}")

    def _termination_failed(self, event: on.TerminationFailed) -> list[Command]:
        """A client that was shown what is wrong with a server was right to refuse it: nothing is learned from that."""
        profile, verdict = self.plan.profile, self.verdict
        learns = profile is not None and profile.learned_bypass is not None and verdict is not None and verdict.ok
        refuses = refuses_certificate(event.failure)
        learned: list[Command] = [do.Learn(Reason.LEARNED, self._server_name)] if learns and refuses else []
        whose = f", server name {self._server_name}" if refuses and self._server_name else ""
        return learned + self._drop(Reason.CLIENT_HANDSHAKE, f"openssl error: client handshake: {event.failure.text}{whose}")

    def _interdiction_failed(self, event: on.InterdictionFailed) -> list[Command]:
        return self._drop(Reason.INTERDICTION, f"certificate error: {event.text}", INTERNAL_ERROR)

    handlers = {**Passing.handlers,  # noqa: RUF012 - declared in Machine
                on.InitiationDone: _initiation_done, on.InitiationFailed: _initiation_failed,
                on.ServerAlerted: _server_alerted, on.Judged: _judged, on.TerminationDone: _termination_done,
                on.TerminationFailed: _termination_failed, on.InterdictionFailed: _interdiction_failed}
