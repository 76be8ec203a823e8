# Run it: PYTHONHASHSEED=0 python who_has_what.py
import builtins

from axisos import Machine

NAMES = """
    syscall env require computer component print input open eval exec compile getattr setattr vars type super object
    memoryview raw_component raw_computer kernel breakpoint help exit
""".split()


def kind(name, names):
    """What stands behind a builtin name: nothing, Python's own object, or one of the system's."""
    if name not in names:
        return "-"
    return "Python's" if names[name] is getattr(builtins, name, None) else "ours"


columns = {}
for ring in (1, 2, 2.5, 3):
    with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:  # the kernel without its services
        machine.power_on()
        machine.run_until_idle()
        process = machine.kernel.spawn_source("syscall('signal_pull')", ring=ring)
        machine.run_until_idle()
        columns[ring] = process.sandbox.builtins

print("ring          " + "".join(f"{ring:>10}" for ring in columns))
for name in NAMES:
    print(f"{name:14}" + "".join(f"{kind(name, names):>10}" for names in columns.values()))
