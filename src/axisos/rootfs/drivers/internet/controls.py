"""The control methods of `/dev/net`: one table, name -> function of the request and its arguments.

    info []                                             {http_enabled, tcp_enabled, online, max_sessions,
                                                        active_sessions, driver_version}
    http_request [url, method, body, headers, timeout]  {session_id, status_code, status_message, headers, connect_ms}
    http_read [id, count]   http_close [id]             bytes, 602 at the end; 0
    tcp_connect [host, port, timeout]                   {session_id, connect_ms}
    tcp_write [id, data]                                how many bytes were taken, at least one
    tcp_read [id, count]    tcp_close [id]              bytes, 602 at the end; 0
    ping [host, port, count, timeout]                   {host, port, method, sent, recv, loss, min_ms, avg_ms, max_ms,
                                                        results: [{seq, status, ms, error}]}
    session_list []   session_cleanup []                of the caller's user, uid 0: of all
    nf_rules []   nf_hosts []   nf_stats []   nf_audit [n]
    nf_test [url or host, port, ring, uid]              what the policy says of it; ring and uid of others: uid 0 only
    nf_reload []   nf_enable [bool]   nf_set_limit [n]   nf_audit_clear []      uid 0 only

What is missing or None has its default: GET, no body, no headers, 10 s, port 80, 4 probes, 5 s a probe. Timeouts are
seconds, for the connection and for each read or write after it.

Raises      601 arguments that make no sense, a session that is not the caller's; 500 denied; 501 not uid 0; 609 the
            user has too much open; 604 all sessions are in use; 605 no network; 300 it failed; 258 too late; 301 no
            such method.
"""

from __future__ import annotations

from abi.status import Status, StatusError

from .address import Target, parse_host, parse_port, parse_target, parse_url, refuse
from .pings import MAX_COUNT, Series
from .sessions import MAX_SESSIONS
from .transfers import MAX_READ_BYTES, TIMEOUT_S, check_headers, check_method, hardware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from abi.irp import Irp

    from .netfilter import Netfilter
    from .sessions import Session
    from .transfers import Port, Transfers

    Args = list[object]

PING_COUNT = 4
PING_TIMEOUT_S = 5.0
MAX_TIMEOUT_S = 3600.0
MAX_BODY_BYTES = 1 << 24


class Controls:
    """DEVICE_CONTROL, READ and WRITE requests."""

    def __init__(self, transfers: Transfers, netfilter: Netfilter, port: Port, version: str) -> None:
        self._transfers = transfers
        self._netfilter = netfilter
        self._port = port
        self._version = version
        self._legacy: dict[int, Session] = {}  # file id -> the answer that READ reads
        self._methods: dict[str, tuple[Callable[[Irp, Args], object], int]] = {  # name -> function, most arguments
            "info": (self._info, 0),
            "http_request": (self._http_request, 5), "http_read": (self._http_read, 2),
            "http_close": (self._http_close, 1),
            "tcp_connect": (self._tcp_connect, 3), "tcp_write": (self._tcp_write, 2), "tcp_read": (self._tcp_read, 2),
            "tcp_close": (self._tcp_close, 1),
            "ping": (self._ping, 4),
            "session_list": (self._session_list, 0), "session_cleanup": (self._session_cleanup, 0),
            "nf_rules": (self._nf_rules, 0), "nf_hosts": (self._nf_hosts, 0), "nf_stats": (self._nf_stats, 0),
            "nf_audit": (self._nf_audit, 1), "nf_test": (self._nf_test, 4),
            "nf_reload": (self._nf_reload, 0), "nf_enable": (self._nf_enable, 1),
            "nf_set_limit": (self._nf_set_limit, 1), "nf_audit_clear": (self._nf_audit_clear, 0),
        }

    def control(self, device: object, irp: Irp) -> object:
        """Serve one DEVICE_CONTROL request."""
        name, args = irp.parameters.method, irp.parameters.args
        entry = self._methods.get(name)
        if entry is None:
            raise StatusError(Status.NOT_IMPLEMENTED, f"the network has no method {name!r:.40}")
        if type(args) is not list or len(args) > entry[1]:
            raise refuse(f"{name} takes a list of {entry[1]} arguments at the most")
        return entry[0](irp, [*args, *[None] * (entry[1] - len(args))])

    # --- the older form: write a URL, read the answer ----------------------------------------------------------

    def write(self, device: object, irp: Irp) -> object:
        """WRITE of a URL: ask for it. The answer to the one before is dropped."""
        data = irp.parameters.data
        target = parse_url(data.decode("utf-8", "replace").replace("\r", "").replace("\n", ""))
        self._demand_network("http")
        former = self._legacy.pop(irp.file_id, None)
        if former is not None:
            self._transfers.close(former)

        def answer(session: Session) -> int:
            self._legacy[irp.file_id] = session
            return len(data)

        return self._transfers.request(irp, target, "GET", None, {}, TIMEOUT_S, answer)

    def read(self, device: object, irp: Irp) -> object:
        """READ: the next bytes of the answer, b"" at its end."""
        session = self._legacy.get(irp.file_id)
        if session is None or session.requester.file_id != irp.file_id:
            raise refuse("write a URL to /dev/net first, then read the answer")
        if session.status == "closed":
            return b""
        length = irp.parameters.length
        return self._transfers.read(irp, session, _count(length, "a read"))

    def forget_file(self, file_id: int) -> None:
        """An open of the device has gone."""
        self._legacy.pop(file_id, None)

    # --- HTTP and TCP ------------------------------------------------------------------------------------------

    def _info(self, irp: Irp, args: Args) -> object:
        http, tcp = self._enabled("http"), self._enabled("tcp")
        return {
            "http_enabled": http, "tcp_enabled": tcp, "online": http or tcp, "max_sessions": MAX_SESSIONS,
            "active_sessions": len(self._transfers.sessions), "driver_version": self._version,
        }

    def _http_request(self, irp: Irp, args: Args) -> object:
        url, method, body, headers, timeout = args
        target = parse_url(url)
        data = None if body is None else _data(body, "a body")
        verb = check_method("GET" if method is None else method, data)
        checked = check_headers(headers, target)
        timeout_s = _timeout(timeout, TIMEOUT_S)
        self._demand_network("http")
        return self._transfers.request(irp, target, verb, data or None, checked, timeout_s, _http_answer)

    def _http_read(self, irp: Irp, args: Args) -> object:
        session = self._transfers.sessions.find(irp, args[0], "http")
        return self._transfers.read(irp, session, _count(args[1], "http_read"))

    def _http_close(self, irp: Irp, args: Args) -> int:
        self._transfers.close(self._transfers.sessions.find(irp, args[0], "http"))
        return 0

    def _tcp_connect(self, irp: Irp, args: Args) -> object:
        target = parse_target(args[0], args[1])
        timeout_s = _timeout(args[2], TIMEOUT_S)
        self._demand_network("tcp")
        return self._transfers.connect(irp, target, timeout_s)

    def _tcp_write(self, irp: Irp, args: Args) -> object:
        session = self._transfers.sessions.find(irp, args[0], "tcp")
        return self._transfers.write(irp, session, _data(args[1], "tcp_write"))

    def _tcp_read(self, irp: Irp, args: Args) -> object:
        session = self._transfers.sessions.find(irp, args[0], "tcp")
        return self._transfers.read(irp, session, _count(args[1], "tcp_read"))

    def _tcp_close(self, irp: Irp, args: Args) -> int:
        self._transfers.close(self._transfers.sessions.find(irp, args[0], "tcp"))
        return 0

    def _ping(self, irp: Irp, args: Args) -> object:
        host, port, count, timeout = args
        target = parse_target(host, 80 if port is None else port)
        probes = PING_COUNT if count is None else count
        if type(probes) is not int or not 0 < probes <= MAX_COUNT:
            raise refuse(f"the number of probes is from 1 to {MAX_COUNT}, not {probes!r:.20}")
        timeout_s = _timeout(timeout, PING_TIMEOUT_S)
        if not self._enabled("tcp"):
            self._demand_network("http")
            target = Target("http", target.host, target.port, "/")
        return Series(self._transfers, self._port, irp, target, probes, timeout_s).start()

    def _session_list(self, irp: Irp, args: Args) -> object:
        return self._transfers.sessions.table(irp.requester_uid)

    def _session_cleanup(self, irp: Irp, args: Args) -> int:
        return self._transfers.sessions.clean(irp.requester_uid)

    # --- the firewall ------------------------------------------------------------------------------------------

    def _nf_rules(self, irp: Irp, args: Args) -> object:
        self._netfilter.load()
        return [rule.as_table() for rule in self._netfilter.rules]

    def _nf_hosts(self, irp: Irp, args: Args) -> object:
        self._netfilter.load()
        return dict(self._netfilter.hosts)

    def _nf_stats(self, irp: Irp, args: Args) -> object:
        self._netfilter.load()
        return self._netfilter.stats(irp.requester_uid)

    def _nf_audit(self, irp: Irp, args: Args) -> object:
        entries = self._netfilter.audit_of(irp.requester_uid)
        if args[0] is None:
            return entries
        count = _count(args[0], "nf_audit")
        return entries[-count:] if count else []

    def _nf_test(self, irp: Irp, args: Args) -> object:
        what, port, ring, uid = args
        if (ring, uid) not in ((None, None), (irp.requester_ring, irp.requester_uid)):
            _demand_root(irp, "what others may")
        target = parse_url(what) if port is None else Target("tcp", parse_host(what), parse_port(port))
        for value, kinds in ((ring, (int, float)), (uid, (int,))):
            if value is not None and type(value) not in kinds:
                raise refuse(f"ring and uid are numbers, not {value!r:.20}")
        judged_ring: float = irp.requester_ring if ring is None else ring  # type: ignore[assignment]  # checked above
        judged_uid: int = irp.requester_uid if uid is None else uid  # type: ignore[assignment]  # likewise
        verdict = self._netfilter.evaluate(judged_ring, judged_uid, target)
        place = verdict.target
        return {
            "allowed": verdict.is_allowed, "action": verdict.action, "reason": verdict.reason, "rule": verdict.rule,
            "proto": place.proto, "host": place.host, "port": place.port, "ring": judged_ring, "uid": judged_uid,
        }

    def _nf_reload(self, irp: Irp, args: Args) -> object:
        _demand_root(irp, "nf_reload")
        return self._netfilter.reload()

    def _nf_enable(self, irp: Irp, args: Args) -> bool:
        _demand_root(irp, "nf_enable")
        if type(args[0]) is not bool:
            raise refuse("nf_enable takes True or False")
        self._netfilter.enabled = args[0]
        return self._netfilter.enabled

    def _nf_set_limit(self, irp: Irp, args: Args) -> int:
        _demand_root(irp, "nf_set_limit")
        if type(args[0]) is not int or args[0] <= 0:
            raise refuse(f"the limit is a number of connections above 0, not {args[0]!r:.20}")
        self._netfilter.limit = args[0]
        return self._netfilter.limit

    def _nf_audit_clear(self, irp: Irp, args: Args) -> int:
        _demand_root(irp, "nf_audit_clear")
        count = len(self._netfilter.audit)
        self._netfilter.audit.clear()
        return count

    # --- inside ------------------------------------------------------------------------------------------------

    def _enabled(self, proto: str) -> bool:
        card = self._transfers.card
        return bool(hardware(card.is_http_enabled if proto == "http" else card.is_tcp_enabled))

    def _demand_network(self, proto: str) -> None:
        if not self._enabled(proto):
            raise StatusError(
                Status.DEVICE_NOT_READY, "this machine is offline; its owner decides otherwise (axisos run --allow-net)"
            )


def _http_answer(session: Session) -> dict[str, object]:
    """What http_request tells of a head that has come."""
    code, message, headers = hardware(session.handle.response)
    return {
        "session_id": session.id, "status_code": code, "status_message": message,
        "headers": {name: list(values) for name, values in headers.items()}, "connect_ms": session.connect_ms,
    }


def _demand_root(irp: Irp, what: str) -> None:
    if irp.requester_uid != 0:
        raise StatusError(Status.PRIVILEGE_NOT_HELD, f"{what}: only uid 0 may change or ask that")


def _timeout(value: object, default: float) -> float:
    if value is None:
        return default
    if type(value) not in (int, float) or not 0 < value <= MAX_TIMEOUT_S:  # type: ignore[operator]  # a number by then
        raise refuse(f"a timeout is a number of seconds above 0 and up to {MAX_TIMEOUT_S:g}, not {value!r:.20}")
    return float(value)  # type: ignore[arg-type]  # likewise


def _count(value: object, what: str) -> int:
    """How many bytes or entries are wanted at the most."""
    if value is None:
        return MAX_READ_BYTES
    if type(value) is not int or value < 0:
        raise refuse(f"{what} takes how many are wanted, 0 or more, not {value!r:.20}")
    return value


def _data(value: object, what: str) -> bytes:
    data = value.encode() if type(value) is str else value
    if type(data) is not bytes:
        raise refuse(f"{what} is bytes or text, not {type(value).__name__}")
    if len(data) > MAX_BODY_BYTES:
        raise refuse(f"{what} of {len(data)} bytes is too long; {MAX_BODY_BYTES} are the limit")
    return data


