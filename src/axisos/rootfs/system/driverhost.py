"""The host of one user-mode driver: stands between DKMS and a driver at ring 3 (docs/drivers/user-mode.md).

DKMS takes the host for the driver. The host starts the driver, hands on what DKMS sends, and does for it what ring 3
may not: the dkms_* calls, for the host's own devices and requests only.

    DKMS -> driver_init(driver), answered by dkms_host_report  -> umd_initialize(driver)  -> complete_init
         -> irp_dispatch(irp, major)                           -> umd_irp(irp)            -> complete_request
         -> irp_cancel(irp id)                                 -> umd_cancel(irp id)      -> complete_request
         -> driver_ping(number)                                -> umd_ping(number)        -> pong
         -> driver_unload()                                    -> umd_unload()            -> complete_unload

    driver -> umd_request({type, payload}), answered by umd_reply({status, data}):
              create_device      {device_name, device_type}      data: {device_name, registry_id, registry_path}
              delete_device      {device_name}
              create_symlink     {link_name, device_name}
              delete_symlink     {link_name}
              set_device         {device_name, facts}            time limits and positions, see dkms_set_device
              complete_request   {irp, status, info}             irp: its number
              complete_init      {status, majors}                without reply; a status other than 0 ends both
              complete_unload    {status}                        without reply
              pong               {}                              without reply
              anything else                                      status 301
           With `"quiet": True` in the request there is a reply for a failure only.

Called by   DKMS, as a process of ring 2.5, with env {driver_path, driver_files, driver_closed, component_info, pm_pid,
            dkms_pid}. The driver gets {component_info, pm_pid, host_pid}.
Owns        what the driver has been given and has not answered, and what its message queue had no room for.
Always so   only DKMS and the process that the host has started are listened to. Nothing here waits for the driver, and
            nothing grows without bound: who has too much to do gets 604, who does not read its replies loses them. The
            host lives as long as its driver; when the host ends, DKMS ends the driver.
"""

from __future__ import annotations

from abi.names import RING_USER
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axis.guest import env, syscall

    Message = tuple[Any, ...]
    Payload = dict[str, Any]

MAX_HELD = 1024  # requests that a driver may have at the same time
MAX_REASON = 300  # characters of what a driver says of its failed start
MAX_WAITING = 2048  # messages for a driver that does not read those that it has
RETRY_MS = 5  # between two looks whether its queue has room again
ALL_MAJORS = [0x00, 0x02, 0x03, 0x04, 0x0E]  # of a driver that does not say which requests it answers

STARTING, SERVING, UNLOADING, ENDED = "starting", "serving", "unloading", "ended"


class DriverHost:
    """One host: its driver's process, its tables, its loop."""

    def __init__(self, syscall: Callable[..., Any], env: dict[str, Any]) -> None:
        self._syscall = syscall
        self._driver_path: str = env["driver_path"]
        self._given = env["driver_files"], env["driver_closed"]  # what DKMS has judged: the disk may hold other bytes
        self._dkms_pid: int = env["dkms_pid"]
        self._own_pid: int = syscall("process_get_pid")
        self._child_env = {
            "component_info": env.get("component_info"), "pm_pid": env["pm_pid"], "host_pid": self._own_pid,
        }
        self._state = STARTING
        self._child = 0
        self._watcher = 0  # the thread that waits for the child's end
        self._pinged = False  # DKMS waits for a pong
        self._held: dict[int, None] = {}  # numbers of requests
        self._waiting: list[tuple[str, object]] = []  # messages for the child, oldest first
        self._from_dkms: dict[str, Callable[..., None]] = {
            "irp_dispatch": self._on_irp,
            "irp_cancel": self._on_cancel,
            "driver_ping": self._on_ping,
            "driver_init": self._on_init,
            "driver_unload": self._on_unload,
        }
        self._requests: dict[str, Callable[[Payload], object]] = {
            "complete_request": self._complete_request,
            "create_device": self._create_device,
            "delete_device": self._delete_device,
            "create_symlink": self._create_symlink,
            "delete_symlink": self._delete_symlink,
            "set_device": self._set_device,
        }
        self._notices: dict[str, Callable[[Payload], None]] = {  # requests without reply
            "complete_init": self._complete_init,
            "complete_unload": self._complete_unload,
            "pong": self._pong,
        }

    # --- the loop ----------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Take messages until the driver has ended."""
        pull, serve_one = self._syscall, self.serve_one
        while self._state is not ENDED:
            message = pull("signal_pull", RETRY_MS if self._waiting else None)
            if message is not None:
                serve_one(message)
            if self._waiting:
                self._send_waiting()

    def serve_one(self, message: Message) -> None:
        """Do what one message says. One from anybody else than DKMS and the driver is dropped."""
        sender, name = message[0], message[1]
        if sender == self._dkms_pid:
            handler = self._from_dkms.get(name)
            if handler is not None:
                handler(*message[2:])
        elif sender == self._watcher and name == "child_ended":
            self._log(f"the driver {self._driver_path}, pid {self._child}, has ended")
            self._state = ENDED
        elif name == "umd_request" and self._is_child(sender):
            self._on_request(message[2] if len(message) > 2 else None, sender)

    def _is_child(self, pid: int) -> bool:
        """Whether *pid* is the driver, or one of its threads."""
        if pid == self._child:
            return True
        try:
            return self._child != 0 and bool(self._syscall("process_info", pid)["tgid"] == self._child)
        except StatusError:
            return False  # it has ended meanwhile

    # --- what DKMS sends ---------------------------------------------------------------------------------------

    def _on_init(self, driver: Payload) -> None:
        try:
            child = self._syscall("process_spawn_image", self._driver_path, RING_USER, self._child_env, *self._given)
        except StatusError as error:
            reason = f"its process could not be started: {error.detail or error.status.meaning}"
            self._report("init_complete", Status.INSUFFICIENT_RESOURCES, reason)
            self._state = ENDED
            return
        self._child = child
        self._report("child", child)
        self._watcher = self._syscall("process_thread", self._watch)
        self._tell("umd_initialize", driver)

    def _on_irp(self, irp: Payload, _major: int) -> None:
        irp_id: int = irp["irp_id"]
        if len(self._held) >= MAX_HELD:
            self._refuse(irp_id, Status.DEVICE_BUSY, f"the driver holds {MAX_HELD} requests already")
            return
        self._held[irp_id] = None
        self._tell("umd_irp", irp)

    def _on_cancel(self, irp_id: int) -> None:
        """Nobody waits for a request any more; one that the driver has not seen yet is answered here."""
        position = self._unseen(irp_id)
        if position is not None:
            del self._waiting[position], self._held[irp_id]
            self._refuse(irp_id, Status.CANCELLED, "withdrawn before its driver had seen it")
        elif irp_id in self._held:
            self._tell("umd_cancel", irp_id)

    def _unseen(self, irp_id: int) -> int | None:
        """Where a request waits that the driver's queue had no room for; None if it has gone down."""
        for position, (name, value) in enumerate(self._waiting):
            if name == "umd_irp" and type(value) is dict and value["irp_id"] == irp_id:
                return position
        return None

    def _refuse(self, irp_id: int, status: int, reason: str) -> None:
        """Answer a request that the driver will not see."""
        try:
            self._syscall("dkms_complete_irp", irp_id, int(status), reason)
        except StatusError:
            pass  # it is not with us any more

    def _on_ping(self, number: int) -> None:
        self._pinged = True
        self._tell("umd_ping", number)

    def _on_unload(self) -> None:
        self._state = UNLOADING
        self._tell("umd_unload")

    # --- what the driver asks for ------------------------------------------------------------------------------

    def _on_request(self, request: object, sender: int) -> None:
        """One request of the driver's, which may be anything."""
        fields = request if type(request) is dict else {}
        kind, payload = fields.get("type"), fields.get("payload")
        if type(payload) is not dict:
            payload = {}
        notice = self._notices.get(kind) if type(kind) is str else None
        if notice is not None:
            notice(payload)
            return
        try:
            handler = self._requests.get(kind) if type(kind) is str else None
            if handler is None:
                raise StatusError(Status.NOT_IMPLEMENTED, f"a host does not know the request {str(kind)[:40]!r}")
            status, data = Status.SUCCESS, handler(payload)
        except StatusError as error:
            status, data = error.status, error.detail
        if status != Status.SUCCESS or fields.get("quiet") is not True:
            self._reply(sender, {"status": int(status), "data": data})

    def _complete_request(self, payload: Payload) -> None:
        irp_id = payload.get("irp")
        if type(irp_id) is not int or irp_id not in self._held or (self._waiting and self._unseen(irp_id) is not None):
            raise StatusError(Status.INVALID_PARAMETER, f"request {str(irp_id)[:20]} is not with you (any more)")
        del self._held[irp_id]
        status = payload.get("status")
        self._syscall(
            "dkms_complete_irp", irp_id, status if type(status) is int else int(Status.UNSUCCESSFUL),
            payload.get("info"),
        )

    def _create_device(self, payload: Payload) -> object:
        return self._syscall("dkms_create_device", payload.get("device_name"))

    def _delete_device(self, payload: Payload) -> None:
        self._syscall("dkms_delete_device", payload.get("device_name"))

    def _create_symlink(self, payload: Payload) -> None:
        self._syscall("dkms_create_symlink", payload.get("link_name"), payload.get("device_name"))

    def _delete_symlink(self, payload: Payload) -> None:
        self._syscall("dkms_delete_symlink", payload.get("link_name"))

    def _set_device(self, payload: Payload) -> None:
        self._syscall("dkms_set_device", payload.get("device_name"), payload.get("facts"))

    def _complete_init(self, payload: Payload) -> None:
        if self._state is not STARTING:
            return
        status, majors = payload.get("status"), payload.get("majors", ALL_MAJORS)
        if type(status) is not int:
            status = Status.DRIVER_INIT_FAILED
        self._state = SERVING if status == Status.SUCCESS else ENDED
        why = payload.get("why")
        if status != Status.SUCCESS and type(why) is str and why:
            self._report("init_complete", status, f"um_driver_entry failed: {why[:MAX_REASON]}")
        else:
            self._report("init_complete", status, majors if type(majors) is list else ALL_MAJORS)

    def _complete_unload(self, payload: Payload) -> None:
        if self._state is not UNLOADING:
            return
        status = payload.get("status")
        self._state = SERVING  # unless it succeeded, in which case DKMS ends both
        self._report("unload_complete", status if type(status) is int else Status.DRIVER_UNLOAD_FAILED)

    def _pong(self, _payload: Payload) -> None:
        if self._pinged:
            self._pinged = False
            self._report("pong", 0)

    # --- the driver's process ----------------------------------------------------------------------------------

    def _watch(self) -> None:
        """A thread: waits for the end of the driver, then says so."""
        self._syscall("process_wait", self._child)
        while True:
            try:
                self._syscall("signal_send", self._own_pid, "child_ended")
                return
            except StatusError:  # others have filled the queue
                self._syscall("process_sleep", RETRY_MS)

    def _tell(self, name: str, *values: object) -> None:
        """Send the driver a message, later if its queue is full."""
        if self._waiting or not self._send(self._child, name, values):
            self._waiting.append((name, values[0] if values else None))

    def _reply(self, sender: int, answer: Payload) -> None:
        """Answer the driver, or its thread; a driver that does not read loses answers rather than our memory."""
        if sender != self._child:
            self._send(sender, "umd_reply", (answer,))
        elif len(self._waiting) < MAX_WAITING:
            self._tell("umd_reply", answer)

    def _send_waiting(self) -> None:
        done = 0
        for name, value in self._waiting:
            if not self._send(self._child, name, () if name == "umd_unload" else (value,)):
                break
            done += 1
        del self._waiting[:done]

    def _send(self, pid: int, name: str, values: tuple[object, ...]) -> bool:
        """Whether the message has found room. One for a process that has just ended needs none."""
        try:
            self._syscall("signal_send", pid, name, *values)
        except StatusError as error:
            return error.status != Status.QUOTA_EXCEEDED
        return True

    # --- ports -------------------------------------------------------------------------------------------------

    def _report(self, what: str, value: int, rest: object = None) -> None:
        self._syscall("dkms_host_report", what, int(value), rest)

    def _log(self, text: str) -> None:
        self._syscall("kernel_log", f"driver host: {text}", "info")


def main() -> None:
    """The host as a process."""
    needed = ("driver_path", "driver_files", "driver_closed", "pm_pid", "dkms_pid")
    missing = [name for name in needed if name not in env]
    if missing:
        syscall("kernel_log", f"driver host: not started by DKMS, {', '.join(missing)} is missing in env", "warn")
        syscall("process_exit", 1)
    DriverHost(syscall, env).serve()


if __name__ == "__main__":
    main()
