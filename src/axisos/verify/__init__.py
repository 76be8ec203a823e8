"""`axisos verify`: a driver under a generated load, with faults, held against the rules of the driver verifier.

    plan        what a run does, made from its seed: callers, their steps, troubles, interrupts
    run         one run in a machine and a process of its own, and what it found
    campaign    the runs: one for each seed, then one for each place where something can fail
    report      what was found, by rule, and the command that shows it again

The rules and the watching are the system's own (`/system/driver_rules.py`, `driver_watch.py`); the driver is loaded
and used from inside by `/bin/exercise.py`.
"""
