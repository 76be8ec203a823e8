# Run it: axisos run --seed 7 two_processes.py
import sys

from axis import sync

if len(sys.argv) > 1:
    _sender, _word, question, answer = syscall("signal_pull")  # the handles that are ours
    for _ in range(3):
        sync.wait(question)
        print("  the child was asked", flush=True)
        sync.set_event(answer)
    sys.exit()

me = syscall("process_get_pid")
question, answer = sync.create_event(), sync.create_event()
child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})
theirs = [syscall("ob_duplicate_handle", me, each, child) for each in (question, answer)]
syscall("signal_send", child, "handles", *theirs)
for _ in range(3):
    sync.set_event(question)
    print("answered:", sync.wait(answer, 1000), flush=True)
print("it has ended:", syscall("process_wait_status", child), "- and answers no more:", sync.wait(answer, 100))
