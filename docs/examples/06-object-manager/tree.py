# Run it: axisos run --seed 7 tree.py
pipe = syscall("ke_create_named_pipe", "orders", 4096, "644")
event = syscall("ke_create_event", True, False, "noon")


def show(path, depth=0):
    for entry in syscall("ob_query_directory", path):
        leads = f" --> {entry['target']}" if entry["target"] else ""
        name = "  " * depth + entry["name"]
        counts = f"{entry['handle_count']} {entry['ref_count']}"
        print(f"{name:22} {entry['type']:17} {entry['mode']} {entry['owner_uid']:>4}  {counts}{leads}")
        if entry["type"] == "ObpDirectory" and entry["name"] != "ObjectTypes":
            show(entry["path"], depth + 1)


show("\\")
print("types:", len(syscall("ob_query_directory", r"\ObjectTypes")))
print("files, and handles to them:", *syscall("ob_query_types")["IoFileObject"])
