# Run it: axisos run --seed 7 inherit.py
import sys

if len(sys.argv) > 1:
    for handle in syscall("ob_list_handles"):
        flags = [name for name in ("inheritable", "protected") if handle[name]]
        print("  the child has", handle["type"], handle["granted_access"], *flags, flush=True)
    sys.exit()

event, lock = syscall("ke_create_event"), syscall("ke_create_mutex")
syscall("ob_set_handle_flags", event, True, True)
print("the parent has", [each["type"] for each in syscall("ob_list_handles") if not each["standard"]], flush=True)
child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]}, {-11: -11})
syscall("process_wait_status", child)
