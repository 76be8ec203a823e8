"""Message queues: whole messages, the most urgent first (manual, chapter 13.9).

Messages of one priority come out in the order in which they were sent. A full queue makes senders wait, an empty one
receivers; both are served in their order.

Always so   a message is handed to one receiver, by whoever sends it or makes room for it; a receiver that leaves its
            wait in another way than with the message gives it back, and nothing is lost. While a receiver waits the
            queue is empty, while a sender waits it is full.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_MESSAGE_QUEUE
from abi.status import Status, StatusError
from executive.ke_ipc.dispatcher import Dispatcher
from executive.ke_ipc.named_objects import OWNER_ONLY, NamedObjects
from executive.messages import require_passive
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.limits import Charge
    from executive.ob_manager import ObjectManager
    from executive.ob_objects import ObjectHeader
    from executive.process import Thread, Wait
    from executive.scheduler import Scheduler

    Handle = str | int
    Message = tuple[int, int, bytes | str]  # (minus the priority, number, data): the least is the next

WAIT_SEND = "mq_send"
WAIT_RECEIVE = "mq_receive"
DEFAULT_MESSAGES = 64
DEFAULT_SIZE = 1024
MAX_BYTES = 1 << 20  # that one queue may be made for
MAX_PRIORITY = 0x7FFFFFFF

_TIMED_OUT = object()
_QUEUE_IS_GONE = object()


class MessageQueue(Dispatcher):
    """Messages by priority, and who waits to send or to receive."""

    __slots__ = ("charge", "max_messages", "max_size", "messages", "receivers", "senders")

    def __init__(self, max_messages: int, max_size: int, charge: Charge) -> None:
        super().__init__()
        self.max_messages = max_messages
        self.max_size = max_size
        self.charge = charge
        self.messages: list[Message] = []  # a heap
        self.receivers: deque[Party] = deque()
        self.senders: deque[Party] = deque()

    def signaled(self, thread: Thread) -> bool:
        """There is a message."""
        return bool(self.messages)


class Party:
    """A thread that waits: a sender with its message, or a receiver without one yet."""

    __slots__ = ("message", "wait")

    def __init__(self, wait: Wait, message: Message | None) -> None:
        self.wait = wait
        self.message = message


class MessageQueues:
    """The message queue calls of one machine."""

    def __init__(self, scheduler: Scheduler, ob: ObjectManager, waits: Waits) -> None:
        self._scheduler = scheduler
        self._ob = ob
        self._waits = waits
        self._named = NamedObjects(ob, "\\MQueue", TYPE_MESSAGE_QUEUE)
        self._type = ob.create_object_type(TYPE_MESSAGE_QUEUE, self._queue_closed, self._queue_deleted)
        self._last_number = 0
        self.mq_created = 0

    @property
    def mqueues(self) -> int:
        """How many there are."""
        return self._type.total_objects

    def _queue_closed(self, header: ObjectHeader) -> None:
        """Nobody can name the queue any more: those who wait for a message or for room wait in vain."""
        queue = header.body
        assert isinstance(queue, MessageQueue)
        for parties in (queue.receivers, queue.senders):
            while parties:
                self._scheduler.wake(parties.popleft().wait, _QUEUE_IS_GONE)

    def _queue_deleted(self, header: ObjectHeader) -> None:
        queue = header.body
        assert isinstance(queue, MessageQueue)
        queue.charge.release()

    # --- moving messages ---------------------------------------------------------------------------------------

    def _put(self, queue: MessageQueue, message: Message) -> None:
        """Give a message to the first receiver that still waits, or keep it."""
        while queue.receivers:
            receiver = queue.receivers.popleft()
            if receiver.wait.active:
                receiver.message = message
                self._scheduler.wake(receiver.wait, None)
                return
        heapq.heappush(queue.messages, message)
        if queue.waiters:
            self._waits.wake_waiters(queue)

    def _take(self, queue: MessageQueue) -> Message:
        """The next message; the first sender that still waits gets the room."""
        message = heapq.heappop(queue.messages)
        while queue.senders and len(queue.messages) < queue.max_messages:
            sender = queue.senders.popleft()
            if sender.wait.active and sender.message is not None:
                self._put(queue, sender.message)
                self._scheduler.wake(sender.wait, None)
        return message

    def _wait_among(
        self,
        thread: Thread,
        queue: MessageQueue,
        parties: deque[Party],
        party: Party,
        reason: str,
        timeout_ms: float | None,
    ) -> None:
        """Sleep until somebody has served *party*. Raises: TIMEOUT, WOULD_BLOCK (IRQL), CANCELLED."""
        if timeout_ms is None or timeout_ms > 0:
            require_passive(thread, reason)
            parties.append(party)
            thread.wait.on = queue
            deadline = None
            if timeout_ms is not None:
                deadline = self._scheduler.call_in_ms(timeout_ms, self._time_out, party.wait)
            try:
                outcome = self._scheduler.block(thread, reason)
            finally:
                if deadline is not None:
                    deadline.cancel()
                if party in parties:
                    parties.remove(party)
            if outcome is None:
                return
            if outcome is _QUEUE_IS_GONE:
                raise StatusError(Status.CANCELLED, "the last handle to the message queue was closed")
        wanted = "room" if reason is WAIT_SEND else "message"
        raise StatusError(Status.TIMEOUT, f"there was no {wanted} in the queue within {timeout_ms} ms")

    def _time_out(self, wait: Wait) -> None:
        self._scheduler.wake(wait, _TIMED_OUT)

    # --- system calls ------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def ke_create_mqueue(
        self,
        thread: Thread,
        name: str | None = None,
        max_messages: int = DEFAULT_MESSAGES,
        max_size: int = DEFAULT_SIZE,
        permissions: str = OWNER_ONLY,
    ) -> str:
        """A new message queue, empty.

        Args:    name: by which others open it, None for none. max_messages: that it holds. max_size: bytes of one
                 message; the product is 1 MiB at most. permissions: who may open it, three octal digits for owner,
                 group and others; r receives, w sends.
        Returns: a handle with all rights.
        Raises:  OBJECT_NAME_COLLISION, OBJECT_NAME_INVALID, INVALID_PARAMETER; QUOTA_EXCEEDED at the limits
                 queue_bytes and user_queue_bytes; HANDLE_TABLE_FULL.
        """
        if max_messages < 1 or max_size < 1 or max_messages * max_size > MAX_BYTES:
            raise StatusError(
                Status.INVALID_PARAMETER,
                f"ke_create_mqueue: a queue has 1 message of 1 byte to {MAX_BYTES} bytes in all, "
                f"not {max_messages} of {max_size}",
            )
        process = thread.process
        charge = process.charge_for("queue_bytes", max_messages * max_size)
        try:
            handle = self._named.make_held(process, name, MessageQueue(max_messages, max_size, charge), permissions)
        except BaseException:
            charge.release()
            raise
        self.mq_created += 1
        return handle

    @syscall(rings=ANY_RING)
    def ke_open_mqueue(self, thread: Thread, name: str) -> str:
        """A handle to the queue of that name, with what its permissions allow the caller.

        Raises: OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, ACCESS_DENIED, HANDLE_TABLE_FULL.
        """
        return self._named.open(thread.process, name)

    @syscall(rings=ANY_RING)
    def ke_mq_send(
        self,
        thread: Thread,
        handle: Handle,
        message: bytes | str,
        priority: int = 0,
        timeout_ms: int | float | None = None,
    ) -> bool:
        """Send a message.

        Args:    priority: a higher one comes out first. timeout_ms: milliseconds to wait for room; None for ever, 0
                 not at all.
        Returns: True. Blocks: while the queue is full.
        Raises:  MESSAGE_TOO_LARGE (a str counts as UTF-8), TIMEOUT, INVALID_HANDLE, ACCESS_DENIED (no WRITE),
                 OBJECT_TYPE_MISMATCH, INVALID_PARAMETER, WOULD_BLOCK (IRQL), CANCELLED (the queue's last handle was
                 closed meanwhile).
        """
        queue = self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_MESSAGE_QUEUE)
        assert type(queue) is MessageQueue
        if not -MAX_PRIORITY <= priority <= MAX_PRIORITY:
            raise StatusError(Status.INVALID_PARAMETER, f"ke_mq_send: a priority is at most {MAX_PRIORITY}")
        size = len(message if type(message) is bytes else message.encode("utf-8", "surrogatepass"))  # type: ignore[union-attr]
        if size > queue.max_size:
            raise StatusError(
                Status.MESSAGE_TOO_LARGE, f"ke_mq_send: {size} bytes; the queue takes messages of {queue.max_size}"
            )
        self._last_number += 1
        numbered = (-priority, self._last_number, message)
        if len(queue.messages) < queue.max_messages:
            self._put(queue, numbered)
        else:
            self._wait_among(thread, queue, queue.senders, Party(thread.wait, numbered), WAIT_SEND, timeout_ms)
        return True

    @syscall(rings=ANY_RING)
    def ke_mq_receive(
        self, thread: Thread, handle: Handle, timeout_ms: int | float | None = None
    ) -> tuple[bytes | str, int]:
        """Take the message of the highest priority, of those the oldest.

        Args:    timeout_ms: milliseconds to wait for one; None for ever, 0 not at all.
        Returns: (data, priority). Blocks: while the queue is empty.
        Raises:  TIMEOUT, INVALID_HANDLE, ACCESS_DENIED (no READ), OBJECT_TYPE_MISMATCH, WOULD_BLOCK (IRQL),
                 CANCELLED (the queue's last handle was closed meanwhile).
        """
        queue = self._ob.body_of(thread.process, handle, mask.READ, TYPE_MESSAGE_QUEUE)
        assert type(queue) is MessageQueue
        if queue.messages:
            minus_priority, _number, data = self._take(queue)
            return data, -minus_priority
        receiver = Party(thread.wait, None)
        try:
            self._wait_among(thread, queue, queue.receivers, receiver, WAIT_RECEIVE, timeout_ms)
        except BaseException:
            if receiver.message is not None:  # it came while a signal handler ran, which then raised
                self._put(queue, receiver.message)
            raise
        assert receiver.message is not None
        minus_priority, _number, data = receiver.message
        return data, -minus_priority
