# Run it: PYTHONHASHSEED=0 python regedit.py
from axisos import Machine


def show(machine, rows):
    machine.run_until_idle()
    print(*(line.rstrip() for line in machine.screen.lines()[:rows]), sep="\n")
    print("...\n" + machine.screen.lines()[-1].rstrip(), end="\n\n")


with Machine(seed=7) as machine:
    machine.power_on()
    machine.run_until("login:")
    machine.type("guest\nguest\n")
    machine.run_until("guest@")
    machine.type("regedit\n")
    show(machine, 10)
    machine.type("/config\n\t")  # search, keep it, go over to the values
    machine.press("down")
    show(machine, 8)
