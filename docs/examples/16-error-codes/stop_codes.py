# Run it: PYTHONHASHSEED=0 python stop_codes.py
from axisos import Machine


def stop(title, act):
    with Machine(seed=7, boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.run_until("login:")
        act(machine.kernel)
        machine.run_until("System halted")
        shown = [line.strip() for line in machine.screen.lines()]
        print(f"{title:26}", next(line for line in shown if line.startswith("***")), "-", machine.last_error)


stop("by a driver", lambda kernel: kernel.spawn_source("syscall('kernel_panic', 'the disk is on fire')", ring=2))
stop("a reason that has a name", lambda kernel: kernel.spawn_source(
    "syscall('kernel_panic', 'IRQL_NOT_LESS_OR_EQUAL: a wait at level 3')", ring=2))
stop("the Pipeline Manager dies", lambda kernel: kernel.spawn_source("syscall('process_kill', 2, 9)", ring=1))
