for driver in syscall("driver_query"):
    if driver["type"] == "UserModeDriver":
        for pid in (driver["pid"], driver["child_pid"]):
            process = syscall("process_info", pid)
            print(process["image"], "at ring", process["ring"], "as uid", process["uid"])
