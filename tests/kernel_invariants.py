"""What must hold in a kernel whenever the host has control, whatever programs did: all tables, walked once.

`broken_promises` names what does not hold. Call it when the machine is settled; nothing runs then.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from executive.ke_ipc.pipes import PipeEnd
from executive.process import DEAD, READY, SLEEPING, STOPPED
from executive.scheduler import NEVER


def broken_promises(kernel: Any) -> list[str]:
    """One line for each broken promise; an empty list is what a test wants to see."""
    return [*_threads(kernel), *_queues(kernel), *_family(kernel), *_requests(kernel), *_handles(kernel)]


def _living(kernel: Any, thread: Any) -> bool:
    return not thread.killed and kernel.processes.threads.get(thread.pid) is thread


def _threads(kernel: Any) -> list[str]:
    found = []
    for pid, thread in kernel.processes.threads.items():
        process = thread.process
        if thread.pid != pid or thread.killed or thread.status is DEAD or process.status is DEAD:
            found.append(f"{thread} stands in the table and is dead")
        if process.threads.count(thread) != 1:
            found.append(f"{thread} is not one of its process's threads")
        if thread.status is SLEEPING and not thread.wait.active:
            found.append(f"{thread} sleeps and waits for nothing")
        if thread.status is STOPPED and not process.stopped:
            found.append(f"{thread} is stopped, its process is not")
        found += [
            f"{thread} is watched by the dead {w.thread}" for w in thread.watchers if not _living(kernel, w.thread)
        ]
        found += [f"{thread} owns {m}, whose owner is {m.owner}" for m in thread.mutexes if m.owner is not thread]
    if kernel.kernel_process.main.messages:
        found.append("the kernel's own thread has messages, which nobody will read")
    return found


def _queues(kernel: Any) -> list[str]:
    scheduler = kernel.scheduler
    queued = Counter(id(t) for q in (scheduler._system, scheduler._woken, scheduler._expired) for t in q)
    found = [f"a thread is queued {n} times" for n in queued.values() if n > 1]
    for thread in kernel.processes.threads.values():
        if thread is not scheduler.kernel_thread and (thread.status is READY) != (id(thread) in queued):
            found.append(f"{thread} is {'' if id(thread) in queued else 'not '}in a ready queue")
    if scheduler._doomed:
        found.append(f"{list(scheduler._doomed)} are not buried")
    heap = scheduler._deadlines
    for at, (due_ns, _arrival, _deadline) in enumerate(heap):
        if type(due_ns) is not int or due_ns > NEVER or (heap[(at - 1) // 2][:2] > heap[at][:2] and at):
            found.append(f"deadline {at} of {len(heap)}, due at {due_ns}, is out of order")
    return found


def _family(kernel: Any) -> list[str]:
    found = []
    for process in kernel.processes.processes():
        if process.parent is not None and process.parent.children.get(process.pid) is not process:
            found.append(f"{process} is not a child of its parent {process.parent}")
        for child in process.children.values():
            if child.status is DEAD or child.parent is not process:
                found.append(f"{process} has the child {child}, which is dead or somebody else's")
    for pid, waits in kernel.processes._wait_any.items():
        if not waits or any(wait.thread.process.pid != pid or not _living(kernel, wait.thread) for wait in waits):
            found.append(f"process {pid} has stale waits for any child")
    return found


def _requests(kernel: Any) -> list[str]:
    messages = kernel.messages
    found = []
    for number, wait in messages._requests.items():
        if wait.request_id != number or not wait.active or not _living(kernel, wait.thread):
            found.append(f"request {number} has no caller that waits for it")
        if wait.server is None or not _living(kernel, wait.server):
            found.append(f"request {number} has no server")
    for name, server in messages._overrides.items():
        if not _living(kernel, server):
            found.append(f"{name} is overridden by the dead {server}")
    return found


def _handles(kernel: Any) -> list[str]:
    found = []
    held: Counter[int] = Counter()
    by_type: Counter[str] = Counter()
    headers = {}
    for process in kernel.processes.processes():
        for token, entry in process.handles.entries.items():
            held[id(entry.header)] += 1
            by_type[entry.header.type] += 1
            headers[id(entry.header)] = entry.header
            if entry.synapse_token != process.token:
                found.append(f"{process} holds {token[:4]} of another token")
        for index, token in process.handles.standard.items():
            if token not in process.handles.entries:
                found.append(f"slot {index} of {process} holds a handle that is closed")
    for at, header in headers.items():
        if header.handle_count != held[at] or header.reference_count < header.handle_count:
            found.append(f"{header}: {held[at]} handles are open, {header.handle_count} are counted")
        for block in getattr(header.body, "waiters", ()):
            if not block.wait.active or not _living(kernel, block.wait.thread):
                found.append(f"{header} is waited for by {block.wait.thread}, who does not")
        if type(header.body) is PipeEnd:
            for wait in (*header.body.pipe.read_waits, *header.body.pipe.write_waits):
                if not wait.active or not _living(kernel, wait.thread):
                    found.append(f"{header}: {wait.thread} stands in its queue and does not wait")
    for name, (_objects, handles) in kernel.ob.query_type_statistics().items():
        if handles != by_type[name]:
            found.append(f"{name}: {by_type[name]} handles are open, {handles} are counted")
    return found
