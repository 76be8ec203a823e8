# Run it: PYTHONHASHSEED=0 python two_machines.py
from axisos import Machine


def evening(seed):
    """What a machine shows after somebody has logged in and looked around."""
    with Machine(seed=seed) as machine:
        machine.power_on()
        machine.run_until("login:")
        machine.type("guest\nguest\n")
        machine.run_until("guest@")
        machine.type("id\n")
        machine.run_until_idle()
        return machine.screen.text(), machine.clock.now(), machine.computer.address()


with Machine(seed=1) as left, Machine(seed=2) as right:  # side by side in one Python process
    for machine in (left, right):
        machine.power_on()
        machine.run_until("login:")
    print("both at the prompt:", left.state, right.state)

print(*(line.rstrip() for line in evening(7)[0].splitlines() if line.strip()), sep="\n")
print("the same evening twice:", evening(7) == evening(7))
print("with another seed:", evening(7) == evening(8))
