# Run it: PYTHONHASHSEED=0 python dpcs.py
from axisos import Machine

with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until_idle()
    kernel = machine.kernel
    ticks = []

    def tick(argument, timer_id):
        irql = kernel.scheduler.kernel_thread.irql
        ticks.append(f"{argument} of timer {timer_id} at IRQL {irql}")

    timer = kernel.timers.make()
    kernel.timers.set(timer, 10, 10, tick, "a tick")
    kernel.dpcs.queue_dpc(lambda first, second: 1 / 0)
    kernel.spawn_source("syscall('process_sleep', 1000)")  # something to do, or the hub would sleep on
    machine.run_for(0.035)
    kernel.timers.cancel(timer)
    print(*ticks, sep="\n")
    print(kernel.log.newest(1)[0]["msg"])
    print("processed:", kernel.dpcs.dpcs_processed)
