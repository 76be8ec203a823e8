# Run it: axisos run --seed 7 shapes.py
from collections import Counter

print("this process", syscall("synapse_get_token"))

handles = [syscall("vfs_open", "/etc/hostname", "r") for _ in range(1000)]
print("a handle    ", handles[0])

print("distinct:", len(set(handles)), "of", len(handles))
digits = Counter("".join(handles).replace("H", "").replace("-", ""))
print("digits:", "".join(sorted(digits)), "each", min(digits.values()), "to", max(digits.values()), "times")
