"""The rules that the driver verifier holds a driver against: what each means, why it matters, how to mend it.

Called by   `system.driver_findings`; `axisos verify --rules` and the manual print the table.
Owns        one constant table.
"""

from __future__ import annotations

# name -> (what the driver did, why that matters, what to write instead)
RULES: dict[str, tuple[str, str, str]] = {
    "never-completes": (
        "a request passed its time limit and the driver had not completed it",
        "somebody waited for it until the system gave it up; nothing says that the driver ever remembers it",
        "complete each request on every path through the handler; one that may take long sets irp.deadline = None",
    ),
    "completes-twice": (
        "a request was completed that had been completed before",
        "the second answer is lost at best; at worst it belongs to somebody else's request by then",
        "complete in one place; a handler that has called dk.complete_request returns nothing that counts",
    ),
    "completes-anothers": (
        "a request was completed that this driver was never given",
        "its real driver still works on it, and its caller was told something that is not so",
        "complete only what arrived in one of your own handlers; never make an Irp, never keep one of another driver",
    ),
    "ignores-cancel": (
        "a request was cancelled and the driver did not let go of it in time",
        "who closes a file or is killed leaves something behind each time, until the driver is full of the dead",
        "give dk.run an on_cancel that forgets the request; return PENDING from it only if you complete it soon",
    ),
    "freed-device": (
        "a device was used after the driver had deleted it",
        "its name may belong to another driver by now, and nobody reads what is stored in it",
        "delete a device last, and forget every reference to it at the same place",
    ),
    "leaks-device": (
        "driver_unload succeeded and left a device behind",
        "the system clears it away; a driver that forgets a device forgets other things of its hardware, too",
        "delete in driver_unload whatever driver_entry and the handlers have made",
    ),
    "leaks-link": (
        "driver_unload succeeded and left a name in /dev behind",
        "until the system has cleared it away, programs open a name that leads nowhere",
        "delete the link, or its device, which takes its links along",
    ),
    "blocks-at-raised-irql": (
        "a call that has to wait was made at IRQL 2 or above",
        "nobody else runs at that level, so what it waits for could never come; the call fails with WOULD_BLOCK",
        "release the spin lock first; between acquire and release touch only your own data",
    ),
    "irql-left-raised": (
        "the driver came back to its message loop with its IRQL still raised",
        "it can take no further message: every driver with this mistake dies of it at its next signal_pull",
        "lower the IRQL on every path, errors included: try ... finally: spinlock.release(lock, old)",
    ),
    "holds-up-others": (
        "one message kept the driver busy for more than a second of machine time, or for ever",
        "a driver has one loop: all its other requests, cancels and interrupts waited behind this one",
        "return dk.PENDING, and complete the request when the event comes, or from on_idle",
    ),
    "never-returns": (
        "the driver computed on and on without giving the processor back",
        "drivers are not preempted: the whole machine stands still",
        "bound every loop; do a part of the work, and go on from on_idle",
    ),
    "unhandled-error": (
        "an error that is no StatusError came out of a handler, an interrupt routine or another callback",
        "the request ends with status 300, which tells its caller nothing; what the routine had begun stays half done",
        "check what callers and hardware give you, and raise StatusError with the status that fits",
    ),
    "dies": (
        "the driver's process ended though nobody had unloaded it",
        "all its requests fail, and after a few restarts it is given up",
        "let no error out of your own loop, and never call sys.exit; dk.run sees to both",
    ),
    "does-not-load": (
        "the driver could not be loaded, though nothing had been made to fail",
        "a driver that does not come back after it was unloaded cannot be updated without a restart of the machine",
        "undo in driver_unload what driver_entry needs undone; the status and the kernel log say what was in its way",
    ),
    "does-not-unload": (
        "the driver refused to be unloaded, or took longer than its ten seconds, though nobody used it",
        "it can be neither updated nor switched off",
        "return success from driver_unload once nothing is open, and wait for nothing in it",
    ),
    "false-information": (
        "a request was completed with information that cannot be true",
        "the caller gets an error instead of data, a count of bytes that nobody wrote, or a value it cannot be given",
        "READ: bytes; WRITE: how many bytes were taken, from 0 to all; controls: plain data",
    ),
    "false-driver-info": (
        "the driver is not what its DRIVER_INFO or its dispatch table says",
        "the system loads it for the wrong component, or never, and sends it requests that it cannot answer",
        "a component driver names its supported_component; the table holds functions by the IRP_MJ_* numbers; "
        "every method in control_methods is answered",
    ),
    "breaks-the-system": (
        "the machine stopped, or a service of the system died",
        "a driver's mistake must end with the driver",
        "see the message; if your driver is not to blame for it, the system is: please report it",
    ),
}
