# Tells its pid, sleeps, and ends itself by a signal.
print(syscall("process_get_pid"), flush=True)
syscall("process_sleep", 100)
syscall("process_kill", syscall("process_get_pid"), 15)
