# Run it: axisos run --seed 7 closed_call.py
print("before", flush=True)
try:
    syscall("kernel_set_log_mode", True)  # open to rings 0 and 1
finally:
    print("after")  # never: a call that is closed to the caller's ring is the caller's last
