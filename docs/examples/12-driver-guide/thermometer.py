# Run it: PYTHONHASHSEED=0 python thermometer.py
import os

from axisos import Machine
from axisos.machine.component import Component, callback

DRIVER = os.path.join(os.path.dirname(__file__), "thermometer.sys.py")


class Thermometer(Component):
    """The hardware: a board with one method."""

    type = "thermometer"
    celsius = 20.0

    @callback(doc="function():number -- The temperature in degrees Celsius.")
    def read_celsius(self):
        return self.celsius


def ask(machine, line):
    """Type a command, and show what it wrote."""
    machine.type(f"clear; {line}\n")
    machine.run_until_idle()
    lines = [text.rstrip() for text in machine.screen.lines() if text.strip()]
    print(f"$ {line}", *lines[:-1], sep="\n")


with Machine(seed=7, boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until("login:")
    disk = machine.kernel.primitive_fs
    handle = disk.open("/drivers/thermometer.sys.py", "w")
    disk.write(handle, open(DRIVER, "rb").read())
    disk.close(handle)
    machine.type("root\nroot\n")
    machine.run_until("root@")

    kitchen = Thermometer("c0ffee00-0000-4000-8000-000000000001")
    machine.plug(kitchen)
    machine.run_until_idle()
    ask(machine, "ls /dev | grep thermo; head -n 1 /dev/thermometer_c0ffee_0")
    machine.unplug(kitchen)
    machine.run_until_idle()
    ask(machine, "head -n 1 /dev/thermometer_c0ffee_0; lsmod Thermometer")
