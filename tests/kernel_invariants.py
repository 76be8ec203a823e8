"""What must hold in a kernel whenever the host has control, whatever programs did: all tables, walked once.

`broken_promises` names what does not hold. Call it between two turns of the machine: then no program's code is under
way. What a finished wait leaves behind is looked for as well, so it finds leaks and lost wake-ups, not only nonsense.

One walk a table, in this order: threads, ready queues and deadlines, processes and their families, waits of every
kind, mutexes, pipes, message queues, sections, timers, DPCs, objects and handles, the system call table, forwarded
requests, the registry, the log; and on a whole machine the books of the Pipeline Manager and of DKMS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from abi.names import RINGS, STANDARD_HANDLES, TYPE_DEVICE, TYPE_FILE
from abi.signals import NAMES, UNCATCHABLE
from executive.ke_ipc.dispatcher import WAIT_ALERTABLE, WAIT_OBJECT
from executive.ke_ipc.message_queues import WAIT_RECEIVE, WAIT_SEND
from executive.ke_ipc.pipes import WAIT_READ, WAIT_WRITE
from executive.log import printable
from executive.messages import WAIT_ANSWER, WAIT_MESSAGE
from executive.ob_namespace import BOOT_DIRECTORIES
from executive.plain import SCALARS, copy_plain
from executive.process import DEAD, READY, RUNNING, SLEEPING, STOPPED
from executive.processes import MAX_EXIT_RECORDS, WAIT_EXIT, WAIT_SLEEP
from executive.scheduler import NEVER

CONTAINERS = (list, dict)  # what can be changed in plain data
WAITS_FOR_OBJECTS = (WAIT_OBJECT, WAIT_ALERTABLE)


def kind(value: object) -> str:
    """The name of a thing's class: a machine loads the kernel from its own disk, so its classes are not those here."""
    return type(value).__name__


def broken_promises(kernel: Any) -> list[str]:
    """One line for each broken promise; an empty list is what a test wants to see."""
    tables = Tables(kernel)
    return [
        line
        for walk in (
            _threads, _queues, _deadlines, _processes, _family, _waits, _mutexes, _pipes, _queues_of_messages,
            _small_objects, _timers, _dpcs, _objects, _handles, _quotas, _call_table, _requests, _registry, _shared,
            _log, _pipeline_manager, _dkms,
        )
        for line in walk(tables)
    ]  # fmt: skip


class Tables:
    """Where everything is, found once for all walks."""

    def __init__(self, kernel: Any) -> None:
        self.kernel = kernel
        self.threads: dict[int, Any] = kernel.processes.threads
        self.processes: list[Any] = kernel.processes.processes()
        self.entries = [(p, token, entry) for p in self.processes for token, entry in p.handles.entries.items()]
        self.headers: dict[int, Any] = {}  # all that are named or held
        self.names: dict[str, Any] = dict(kernel.ob.named_objects())
        for header in (*self.names.values(), *(entry.header for _, _, entry in self.entries)):
            self.headers[id(header)] = header
        self.held = Counter(id(entry.header) for _, _, entry in self.entries)
        bodies = {id(header.body): header.body for header in self.headers.values()}
        for thread in self.threads.values():  # whoever waits for a thing keeps it when its handles are closed
            bodies.update((id(mutex), mutex) for mutex in thread.mutexes)
            if thread.wait.active and thread.wait.reason in WAITS_FOR_OBJECTS:
                bodies.update((id(each), each) for each in thread.wait.objects)
        self.dispatchers = [
            body for body in bodies.values() if any(c.__name__ == "Dispatcher" for c in type(body).__mro__)
        ]
        self.pipes = {id(each.pipe): each.pipe for each in self.dispatchers if kind(each) == "PipeEnd"}
        self.pipes.update((id(body), body) for body in bodies.values() if kind(body) == "Pipe")

    def living(self, thread: Any) -> bool:
        """Whether a thread is one of this kernel's, and not on its way out."""
        return not thread.killed and self.threads.get(thread.pid) is thread

    def waits(self, wait: Any) -> bool:
        """Whether somebody living stands behind *wait*."""
        return wait.active and self.living(wait.thread)

    def of_kind(self, name: str) -> list[Any]:
        """Every known object of one kind."""
        return [each for each in self.dispatchers if kind(each) == name]

    def owner_of(self, call: str) -> Any:
        """The subsystem that answers a native call."""
        return self.kernel.table.entries[call].body.__self__


# --- who runs, who waits -----------------------------------------------------------------------------------------


def _threads(tables: Tables) -> Iterator[str]:
    kernel = tables.kernel
    for pid, thread in tables.threads.items():
        process = thread.process
        if thread.pid != pid or thread.killed or thread.status is DEAD or process.status is DEAD:
            yield f"{thread} stands in the table and is dead"
        if process.threads.count(thread) != 1:
            yield f"{thread} is not one of its process's threads"
        if thread.is_main != (pid == process.pid) or thread.is_system != (process.ring <= 2):
            yield f"{thread} is marked as what it is not"
        if thread.status is SLEEPING and not thread.wait.active:
            yield f"{thread} sleeps and waits for nothing"
        if thread.status is STOPPED and not process.stopped:
            yield f"{thread} is stopped, its process is not"
        if thread.status is RUNNING and thread is not kernel.scheduler.current:
            yield f"{thread} runs, and so does {kernel.scheduler.current}"
        if thread.wait.thread is not thread:
            yield f"{thread} waits in the name of {thread.wait.thread}"
        yield from (
            f"{thread} is watched by the dead {w.thread}" for w in thread.watchers if not tables.living(w.thread)
        )
        if thread.messages and thread.status is SLEEPING and thread.wait.reason is WAIT_MESSAGE and thread.wait.active:
            yield f"{thread} waits for a message and has {len(thread.messages)}"
        if process.ring > 2:
            yield from _messages(tables, thread)
    if kernel.kernel_process.main.messages:
        yield "the kernel's own thread has messages, which nobody will read"
    if kernel.scheduler.current is not kernel.scheduler.kernel_thread:
        yield f"{kernel.scheduler.current} is current while nothing runs"


def _messages(tables: Tables, thread: Any) -> Iterator[str]:
    """What waits to be read by a program: plain data, and no more of one program than it may leave."""
    of_user: Counter[Any] = Counter()
    for message in thread.messages:
        sender = tables.threads.get(message[0])
        if sender is not None and sender.process.ring > 2:
            of_user[sender] += 1
        if not _is_plain(message):
            yield f"{thread} is sent a message that is not plain data: {message[:2]}"
    for sender, count in of_user.items():
        if count > sender.process.limits.messages_per_sender:
            yield f"{thread} has {count} messages of {sender}"


def _queues(tables: Tables) -> Iterator[str]:
    scheduler = tables.kernel.scheduler
    queued = Counter(id(t) for q in (scheduler._system, scheduler._woken, scheduler._expired) for t in q)
    yield from (f"a thread is queued {n} times" for n in queued.values() if n > 1)
    for thread in tables.threads.values():
        if thread is not scheduler.kernel_thread and (thread.status is READY) != (id(thread) in queued):
            yield f"{thread} is {'' if id(thread) in queued else 'not '}in a ready queue"
    if any(not thread.is_system for thread in scheduler._system):
        yield "a program stands in the system's queue"
    if any(thread.is_system for queue in (scheduler._woken, scheduler._expired) for thread in queue):
        yield "a system thread stands in the programs' queues"
    if scheduler._doomed:
        yield f"{list(scheduler._doomed)} are not buried"


def _deadlines(tables: Tables) -> Iterator[str]:
    """In order, and none for somebody who is gone."""
    heap = tables.kernel.scheduler._deadlines
    for at, (due_ns, _arrival, deadline) in enumerate(heap):
        if type(due_ns) is not int or due_ns > NEVER or (heap[(at - 1) // 2][:2] > heap[at][:2] and at):
            yield f"deadline {at} of {len(heap)}, due at {due_ns}, is out of order"
        if deadline.action is None:
            continue
        about = deadline.argument
        if kind(about) == "Wait" and not tables.living(about.thread):
            yield f"a deadline is kept for the dead {about.thread}"
        if kind(about) == "Timer" and about.deadline is not deadline:
            yield f"timer {about.timer_id} has a deadline that it does not know of"


# --- processes ---------------------------------------------------------------------------------------------------


def _processes(tables: Tables) -> Iterator[str]:
    tokens = Counter(process.token for process in tables.processes)
    yield from (f"{n} processes have one token" for n in tokens.values() if n > 1)
    for process in tables.processes:
        if not process.threads or process.threads[0].pid != process.pid:
            yield f"{process} has no main thread in the first place"
        if any(tables.threads.get(thread.pid) is not thread for thread in process.threads):
            yield f"{process} has threads that are not in the table"
        if process.ring not in RINGS or (
            process.pid and process.calls is not tables.kernel.table.by_ring[process.ring]
        ):
            yield f"{process} makes the calls of another ring"
        if not all(type(number) is int for number in (process.uid, process.gid, process.pgid, *process.groups)):
            yield f"{process} belongs to uid {process.uid!r}, gid {process.gid!r}, group {process.pgid!r}"
        yield from _signals(process)
        yield from _exit_records(tables, process)


def _signals(process: Any) -> Iterator[str]:
    pending = process.pending_signals
    if len(set(pending)) != len(pending) or not set(pending) <= set(NAMES):
        yield f"{process} has the signals {pending} pending"
    if process.mask & UNCATCHABLE or UNCATCHABLE & process.signal_handlers.keys():
        yield f"{process} blocks or handles what cannot be"
    if not set(process.signal_handlers) <= set(NAMES):
        yield f"{process} handles signals that do not exist"
    if any(signum not in process.mask for signum in pending) and not process.alarm:
        yield f"{process} has the signals {pending} pending, and no alarm"


def _exit_records(tables: Tables, process: Any) -> Iterator[str]:
    if len(process.ended_children) > MAX_EXIT_RECORDS or len(process.ended_threads) > MAX_EXIT_RECORDS:
        yield f"{process} keeps more exit records than are kept"
    for pid in (*process.ended_children, *process.ended_threads):
        if pid in tables.threads:
            yield f"{process} has an exit record of {pid}, which lives"
    for pid, (status, reason) in process.ended_children.items():
        if type(status) is not int or not 0 <= status <= 255 or type(reason) is not str:
            yield f"{process} has the exit record {status!r}, {reason!r} of {pid}"


def _family(tables: Tables) -> Iterator[str]:
    root = tables.kernel.kernel_process
    for process in tables.processes:
        if process.parent is not None and process.parent.children.get(process.pid) is not process:
            yield f"{process} is not a child of its parent {process.parent}"
        if process.parent is None and process is not root:
            yield f"{process} has no parent"
        for pid, child in process.children.items():
            if child.status is DEAD or child.parent is not process or child.pid != pid:
                yield f"{process} has the child {child}, which is dead or somebody else's"


# --- waits -------------------------------------------------------------------------------------------------------


def _waits(tables: Tables) -> Iterator[str]:
    """Who sleeps stands where it can be woken, who stands in a queue sleeps, and nobody waits for what has come."""
    standing: dict[str, set[int]] = {  # reason -> the waits that stand somewhere for it
        WAIT_OBJECT: set(),
        WAIT_READ: {id(wait) for pipe in tables.pipes.values() for wait in pipe.read_waits},
        WAIT_WRITE: {id(wait) for pipe in tables.pipes.values() for wait in pipe.write_waits},
        WAIT_RECEIVE: {id(party.wait) for q in tables.of_kind("MessageQueue") for party in q.receivers},
        WAIT_SEND: {id(party.wait) for q in tables.of_kind("MessageQueue") for party in q.senders},
        WAIT_SLEEP: {
            id(deadline.argument)
            for _, _, deadline in tables.kernel.scheduler._deadlines
            if deadline.action is not None
        },
        WAIT_ANSWER: {id(wait) for wait in tables.kernel.messages._requests.values()},
        WAIT_EXIT: {id(wait) for thread in tables.threads.values() for wait in thread.watchers},
    }
    for pid, waits in tables.kernel.processes._wait_any.items():
        standing[WAIT_EXIT].update(id(wait) for wait in waits)
        if not waits or any(wait.thread.process.pid != pid or not tables.living(wait.thread) for wait in waits):
            yield f"process {pid} has stale waits for any child"
    seen = set()
    for each in tables.dispatchers:
        for wait in each.waiters:
            standing[WAIT_OBJECT].add(id(wait))
            if id(wait) not in seen:
                seen.add(id(wait))
                yield from _wait_for_objects(tables, wait)
    standing[WAIT_ALERTABLE] = standing[WAIT_OBJECT]
    for thread in tables.threads.values():
        wait = thread.wait
        if thread.status is SLEEPING and wait.active and id(wait) not in standing.get(wait.reason, (id(wait),)):
            yield f"{thread} sleeps for {wait.reason!r} and stands nowhere: nothing can wake it"


def _wait_for_objects(tables: Tables, wait: Any) -> Iterator[str]:
    thread = wait.thread
    if not tables.waits(wait):
        yield f"{wait.objects} are waited for by {thread}, who does not"
        return
    if wait.reason not in WAITS_FOR_OBJECTS:
        yield f"{thread} stands in the queue of {wait.objects} and waits for {wait.reason!r}"
    if not all(wait in each.waiters for each in wait.objects):
        yield f"{thread} waits for {wait.objects} and does not stand in each queue"
    runs_handler = thread.wait is not wait  # and looks again after it
    if not runs_handler and (all if wait.wait_all else any)([each.signaled(thread) for each in wait.objects]):
        yield f"{thread} waits for {wait.objects}, which have come"


def _mutexes(tables: Tables) -> Iterator[str]:
    for thread in tables.threads.values():
        yield from (f"{thread} owns {m}, whose owner is {m.owner}" for m in thread.mutexes if m.owner is not thread)
    for mutex in tables.of_kind("Mutex"):
        owner = mutex.owner
        if (owner is None) != (mutex.recursion == 0) or mutex.recursion < 0:
            yield f"{mutex} of {owner} is acquired {mutex.recursion} times"
        if owner is not None and (not tables.living(owner) or owner.mutexes.count(mutex) != 1):
            yield f"{mutex} is owned by {owner}, who is dead or does not know"


def _pipes(tables: Tables) -> Iterator[str]:
    ends = tables.of_kind("PipeEnd")
    open_ends = [header.body for at, header in tables.headers.items() if tables.held[at] and header.body in ends]
    for pipe in tables.pipes.values():
        if pipe.buffered != sum(map(len, pipe.chunks)) or not 0 <= pipe.buffered <= pipe.max_size:
            yield f"a pipe of {pipe.max_size} bytes counts {pipe.buffered} and holds {sum(map(len, pipe.chunks))}"
        for side, counted in (("reads", pipe.readers), ("writes", pipe.writers)):
            is_open = sum(1 for end in open_ends if end.pipe is pipe and getattr(end, side))
            if is_open != counted:
                yield f"a pipe counts {counted} ends that {side[:-1]}, and {is_open} are open"
        yield from (
            f"a pipe's queue holds {wait.thread}, who does not wait"
            for waits, reason in ((pipe.read_waits, WAIT_READ), (pipe.write_waits, WAIT_WRITE))
            for wait in waits
            if not tables.waits(wait) or (wait.thread.wait is wait and wait.reason != reason)
        )
        if pipe.read_waits and (pipe.buffered or not pipe.writers):
            yield f"a pipe is waited for by {len(pipe.read_waits)} readers and has {pipe.buffered} bytes"
        if pipe.write_waits and not pipe.readers:
            yield "a pipe that nobody can read is waited for by writers"
    named = [pipe for pipe in tables.pipes.values() if pipe.header is not None]
    if len(named) != tables.owner_of("ke_create_pipe").named_pipes:
        yield f"{len(named)} pipes have a name, {tables.owner_of('ke_create_pipe').named_pipes} are counted"


def _queues_of_messages(tables: Tables) -> Iterator[str]:
    for queue in tables.of_kind("MessageQueue"):
        messages = queue.messages
        most = queue.max_messages + len(tables.threads)  # what the dead and the interrupted gave back has its place
        if len(messages) > most or any(
            messages[(i - 1) // 2] > messages[i] for i in range(1, len(messages))
        ):
            yield f"{queue} of {queue.max_messages} messages holds {len(messages)}, or not in order"
        if any(
            len(data.encode("utf-8", "surrogatepass") if type(data) is str else data) > queue.max_size
            for _, _, data in messages
        ):
            yield f"{queue} holds a message that is too large"
        for parties, reason in ((queue.receivers, WAIT_RECEIVE), (queue.senders, WAIT_SEND)):
            for party in parties:
                wait = party.wait
                stands = wait.reason == reason if wait.active else wait.thread.status is not SLEEPING  # on its way out
                if not (tables.living(wait.thread) and (stands or wait.thread.wait is not wait)):
                    yield f"{queue} is waited for by {wait.thread}, who does not"
        if queue.receivers and messages:
            yield f"{queue} has messages and is waited for by receivers"
        if queue.senders and len(messages) < queue.max_messages:
            yield f"{queue} has room and is waited for by senders"


def _small_objects(tables: Tables) -> Iterator[str]:
    for semaphore in tables.of_kind("Semaphore"):
        if not 0 <= semaphore.count <= semaphore.maximum:
            yield f"{semaphore} has {semaphore.count} permits of {semaphore.maximum}"
    for event in tables.of_kind("Event"):
        if type(event.is_set) is not bool or type(event.manual_reset) is not bool:
            yield f"{event} is neither set nor unset"


def _timers(tables: Tables) -> Iterator[str]:
    timers = {id(timer): timer for timer in tables.of_kind("Timer")}
    in_heap = set()
    for _, _, deadline in tables.kernel.scheduler._deadlines:
        if deadline.action is not None and kind(deadline.argument) == "Timer":
            in_heap.add(id(deadline))
            timers[id(deadline.argument)] = deadline.argument
    for timer in timers.values():
        if timer.deadline is not None and id(timer.deadline) not in in_heap:
            yield f"timer {timer.timer_id} is armed and will never be due"
        if timer.deadline is not None and timer.closed and not timer.waiters:
            yield f"timer {timer.timer_id} is armed, and nobody can wait for it"
    armed = sum(1 for timer in timers.values() if timer.deadline is not None)
    if armed != tables.kernel.timers.active_timers:
        yield f"{armed} timers are armed, {tables.kernel.timers.active_timers} are counted"


def _dpcs(tables: Tables) -> Iterator[str]:
    dpcs = tables.kernel.dpcs
    if not set(dpcs._queued) <= set(dpcs._order):
        yield "a DPC is queued and will never run"
    if bool(dpcs._order) != dpcs._pass_is_due:
        yield f"{len(dpcs._order)} DPCs are queued, and a pass is {'' if dpcs._pass_is_due else 'not '}due"
    if tables.kernel.scheduler.kernel_thread.irql:
        yield "the kernel's own thread was left at a raised IRQL"


# --- objects -----------------------------------------------------------------------------------------------------


def _objects(tables: Tables) -> Iterator[str]:
    ob = tables.kernel.ob
    for path, header in tables.names.items():
        if header.name != path or header.delete_pending:
            yield f"{header} stands in the namespace as {path}"
    for path in BOOT_DIRECTORIES:
        if path not in tables.names:
            yield f"{path} is gone"
    ends_of = Counter(id(h.body.pipe.header) for h in tables.headers.values() if kind(h.body) == "PipeEnd")
    by_type = Counter(header.type for header in tables.headers.values())
    for at, header in tables.headers.items():
        named = header.name and tables.names.get(header.name) is header
        holders = header.handle_count
        if kind(header.body) == "Pipe":
            holders = ends_of[at]  # each end of a named pipe holds it, and nothing else does
        elif not header.temporary:
            holders += bool(named)  # the name itself holds it
        if header.reference_count != holders or (not holders and not header.permanent):
            yield f"{header}: {holders} references are held, {header.reference_count} are counted"
        if header.name and not named and not header.delete_pending:
            yield f"{header} has a name by which it is not found"
    for name, (objects, _handles) in ob.query_type_statistics().items():
        if objects != by_type[name]:
            yield f"{name}: there are {by_type[name]}, {objects} are counted"


def _handles(tables: Tables) -> Iterator[str]:
    by_type: Counter[str] = Counter()
    tokens = Counter(token for _, token, _ in tables.entries)
    yield from (f"handle {token[:4]} is there {n} times" for token, n in tokens.items() if n > 1)
    for process, token, entry in tables.entries:
        by_type[entry.header.type] += 1
        if entry.synapse_token != process.token:
            yield f"{process} holds {token[:4]} of another token"
        if entry.creation_ns > tables.kernel.scheduler.now_ns():
            yield f"{process} holds {token[:4]}, which is not made yet"
    for process in tables.processes:
        if len(process.handles.entries) > process.limits.handles:
            yield f"{process} has {len(process.handles.entries)} handles"
        for index, token in process.handles.standard.items():
            if token not in process.handles.entries or index not in STANDARD_HANDLES:
                yield f"slot {index} of {process} holds a handle that is closed"
    for at, header in tables.headers.items():
        if header.handle_count != tables.held[at]:
            yield f"{header}: {tables.held[at]} handles are open, {header.handle_count} are counted"
    for name, (_objects, handles) in tables.kernel.ob.query_type_statistics().items():
        if handles != by_type[name]:
            yield f"{name}: {by_type[name]} handles are open, {handles} are counted"


def _quotas(tables: Tables) -> Iterator[str]:
    """What processes and users are charged for is what there is, and a section keeps within its size."""
    bodies = {id(header.body): header.body for header in tables.headers.values()}
    counted: Counter[tuple[int, str]] = Counter()  # (ledger, what) -> how much there is
    for owner in (*tables.processes, *tables.threads.values(), *{**bodies, **tables.pipes}.values()):
        charge = getattr(owner, "charge", None)
        for ledger in charge._ledgers if charge is not None else ():
            counted[id(ledger), charge._kind] += charge._amount
    for ledger in (*(process.ledger for process in tables.processes), *tables.kernel.processes.limits.accounts):
        for what, amount in ledger.counts.items():
            if amount != counted[id(ledger), what]:
                yield f"{ledger.owner} is charged for {amount} {what}, and has {counted[id(ledger), what]}"
    for body in bodies.values():
        if kind(body) == "Section" and (
            body.used != sum(body.costs.values()) + len(body.raw)
            or body.used > body.size
            or body.costs.keys() != body.values.keys()
        ):
            yield f"{body} of {body.size} bytes counts {body.used}"


# --- calls -------------------------------------------------------------------------------------------------------


def _call_table(tables: Tables) -> Iterator[str]:
    table, overridden = tables.kernel.table, tables.kernel.messages._overrides
    for ring in RINGS:
        for name, body in table.by_ring[ring].items():
            if name in overridden:
                continue
            entry = table.entries.get(name)
            if entry is None or body is not entry.checked or ring not in entry.rings:
                yield f"ring {ring} may call {name}, which is not the kernel's for it"
        for name, entry in table.entries.items():
            if ring in entry.rings and name not in overridden and name not in table.by_ring[ring]:
                yield f"ring {ring} may not call {name}, which is open to it"
    for name in overridden:
        if not table.known(name):
            yield f"{name} is answered by {overridden[name]} and is not in the table"


def _requests(tables: Tables) -> Iterator[str]:
    messages = tables.kernel.messages
    for number, wait in messages._requests.items():
        if wait.request_id != number or not tables.waits(wait):
            yield f"request {number} has no caller that waits for it"
        if wait.server is None or not tables.living(wait.server):
            yield f"request {number} has no server"
    for thread in tables.threads.values():
        if thread.wait.request_id and messages._requests.get(thread.wait.request_id) is not thread.wait:
            yield f"{thread} waits for the answer to a request that is not there"
    for name, server in messages._overrides.items():
        if not tables.living(server):
            yield f"{name} is overridden by the dead {server}"


# --- data --------------------------------------------------------------------------------------------------------


def _registry(tables: Tables) -> Iterator[str]:
    """Each key is found by its path, counts are right, and who watches is somebody with an open handle."""
    registry = tables.kernel.registry
    keys = list(registry.existing("@VT").subtree())
    if {key.path: key for key in keys} != registry._keys:
        yield f"the registry has {len(keys)} keys and knows the paths of {len(registry._keys)}"
    size = sum(value.size for key in keys for value in key.values.values())
    if size != registry._data:
        yield f"the registry's values have {size} bytes, and it counts {registry._data}"
    for key in keys:
        if key.parent is not None and (key.parent.sub_keys.get(key.name) is not key or not key.path.endswith(key.name)):
            yield f"key {key.path} is not where it says"
        for name, value in key.values.items():
            if not _is_plain(value.data) or type(value.kind) is not str:
                yield f"value {name} of key {key.path} is not plain data"
    watching = [watch for key in keys for watch in key.watches]
    if any(watch.key is not key for key in keys for watch in key.watches):
        yield "a watch is of another key than the one that it stands at"
    held = {id(header.body) for header in tables.headers.values()}
    if any(id(watch) not in held for watch in watching):
        yield "a registry watch that nobody holds still hears of changes"
    if (registry.on_change is not None) != bool(watching):
        yield f"the registry tells of changes to {len(watching)} watches"


def _is_plain(value: object) -> bool:
    """Whether a copy of it may be made, at all."""
    try:
        copy_plain(value)
    except Exception:
        return False
    return True


def changeable(value: object, found: dict[int, object]) -> None:
    """Enter every list and dict in plain data into *found*, by id."""
    pending = [value]
    while pending:
        each = pending.pop()
        if type(each) in SCALARS or id(each) in found:
            continue
        if type(each) in CONTAINERS:
            found[id(each)] = each
        if type(each) is dict:
            pending += each.values()
        elif type(each) in (list, tuple):
            pending += each


def _shared(tables: Tables) -> Iterator[str]:
    """No list or dict stands in two places: what was passed on is a copy."""
    owner: dict[int, str] = {}
    for place, value in kept_by_the_kernel(tables.kernel):
        found: dict[int, object] = {}
        changeable(value, found)
        for at in found:
            if at in owner:
                yield f"{place} and {owner[at]} are the same object"
            owner[at] = place


def kept_by_the_kernel(kernel: Any) -> Iterator[tuple[str, object]]:
    """Every piece of programs' data that the kernel keeps, and where."""
    for thread in kernel.processes.threads.values():
        if thread.process.ring > 2:  # between services and drivers objects may pass
            for message in thread.messages:
                yield f"a message to {thread}", message
    for key in kernel.registry.existing("@VT").subtree():
        for name, value in key.values.items():
            yield f"value {name} of key {key.path}", value.data
    for header in {
        id(e.header): e.header for p in kernel.processes.processes() for e in p.handles.entries.values()
    }.values():
        if kind(header.body) == "Section":
            for name, value in header.body.values.items():
                yield f"value {name} of {header}", value


def _log(tables: Tables) -> Iterator[str]:
    log = tables.kernel.log
    for entry in (*log._entries, *log._security):
        if printable(str(entry["msg"])) != entry["msg"]:
            yield f"log entry {entry['seq']} has characters that a terminal would obey"
        if type(entry["pid"]) is not int or type(entry["level"]) is not str:
            yield f"log entry {entry['seq']} says nonsense of its origin"
    yield from (f"{line[:40]!r} in the boot log is not printable" for line in log._pending if not line.isprintable())


# --- the services of a whole machine -----------------------------------------------------------------------------


def service(kernel: Any, pid: int, name: str) -> Any:
    """The object in whose loop a service's main thread sits; None on a bare machine."""
    thread = kernel.processes.threads.get(pid)
    frame = thread.task.gr_frame if thread is not None and thread.task is not None else None
    while frame is not None:
        for value in frame.f_locals.values():
            if kind(value) == name:
                return value
        frame = frame.f_back
    return None


def _pipeline_manager(tables: Tables) -> Iterator[str]:
    """Every open file has a handle, a raw handle on its disk or a place in the book of devices, and the other way."""
    manager = service(tables.kernel, 2, "PipelineManager")
    if manager is None or tables.threads[2].messages:
        return  # it has not heard of everything yet
    devices = manager._devices
    bodies = [header.body for header in tables.headers.values() if header.type == TYPE_FILE]
    raw = {
        id(handle)
        for address in tables.kernel.bus.list("filesystem", True)
        for handle in tables.kernel.bus._components[address]._handles
    }
    open_devices = {id(body) for body in bodies if body.category == "device"}
    for body in bodies:
        if body.category == "file" and id(body.raw_handle) not in raw:
            yield f"{body.path} is open, and its disk does not know"
        if body.category == "device" and devices._open.get(body.file_id) is not body:
            yield f"{body.path} is open, and the Pipeline Manager does not know"
    for file_id, body in devices._open.items():
        if id(body) not in open_devices:
            yield f"device {body.path} is open as {file_id}, and nobody holds it"
    requests = tables.kernel.messages._requests
    under_way: dict[int, int] = {}  # by the body's id
    for irp_id, entry in devices.pending.items():
        if entry.request is not None and entry.request.request_id not in requests:
            yield f"request {irp_id} for {entry.body.path} is under way for nobody"
        if entry.body is not None:
            under_way[id(entry.body)] = under_way.get(id(entry.body), 0) + 1
    opens: dict[int, int] = {}  # by the device's id
    for body in devices._open.values():
        if body.under_way != under_way.get(id(body), 0):
            yield f"{body.path} counts {body.under_way} requests, and has {under_way.get(id(body), 0)}"
        if body.counted is not None:
            opens[id(body.counted)] = opens.get(id(body.counted), 0) + 1
    dkms = service(tables.kernel, 3, "Dkms")
    for name, (device, _driver) in dkms.dispatcher.device_tree.items() if dkms is not None else ():
        if device.open_count != opens.get(id(device), 0):
            yield f"device {name} counts {device.open_count} opens, and has {opens.get(id(device), 0)}"
    yield from (
        f"a list of devices is under way for request {number}, which is over"
        for number in devices._lists
        if number not in requests
    )


def _dkms(tables: Tables) -> Iterator[str]:
    """Every driver lives, every device, link, interrupt and request is one's, and the namespace knows them."""
    dkms = service(tables.kernel, 3, "Dkms")
    if dkms is None or tables.threads[3].messages:
        return
    books, dispatcher, names = dkms.books, dkms.dispatcher, tables.names
    drivers = books.driver_registry
    for pid, driver in drivers.items():
        if pid not in tables.threads or driver.pid != pid:
            yield f"driver {driver.name} is in the registry, and its process {pid} is not there"
        if books.by_place.get((driver.path, driver.address)) is not driver:
            yield f"driver {driver.name} is not found by its place"
        if any(dispatcher.device_tree.get(name, (None, None))[1] is not driver for name in driver.devices):
            yield f"driver {driver.name} has devices that are not in the tree"
    if len(books.by_place) != len(drivers):
        yield f"{len(books.by_place)} drivers are known by place, {len(drivers)} by pid"
    orphans = list(books.orphans.values())
    for name, (_device, driver) in dispatcher.device_tree.items():
        if (drivers.get(driver.pid) is not driver and driver not in orphans) or name not in driver.devices:
            yield f"device {name} has no driver"
        if name not in names or names[name].type != TYPE_DEVICE:
            yield f"device {name} is not in the namespace"
    for header in tables.headers.values():
        if header.type == TYPE_DEVICE and header.name not in dispatcher.device_tree:
            yield f"{header} is in the namespace and not in the device tree"
    for link, name in dispatcher.symbolic_links.items():
        if name not in dispatcher.device_tree:
            yield f"link {link} leads to {name}, which is not there"
    for irp_id, (_irp, driver) in dispatcher.pending_irps.items():
        if drivers.get(driver.pid) is not driver:
            yield f"request {irp_id} waits for driver {driver.name}, which is gone"
    for event, subscribers in dkms.interrupts.table.items():
        if not subscribers or any(drivers.get(pid) is not driver for pid, driver in subscribers.items()):
            yield f"interrupt {event} is for drivers that are gone"
    for pid in (*dkms.loader._loads, *dkms.endings._unloads):
        if pid not in drivers and all(orphan.pid != pid for orphan in orphans):
            yield f"a load or unload waits for process {pid}, which is no driver"
