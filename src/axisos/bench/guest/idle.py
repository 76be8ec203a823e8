"""Waits for a message that never comes."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

syscall("signal_pull")
