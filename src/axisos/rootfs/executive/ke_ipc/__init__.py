"""The kernel's IPC: dispatcher objects, waits, pipes, sections, message queues, POSIX signals (manual, chapter 13)."""
