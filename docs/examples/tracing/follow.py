# Follow the slowest request of a trace, by the arrows that a viewer would draw: python3 follow.py FILE
import json
import sys

with open(sys.argv[1]) as file:
    trace = json.load(file)
events = trace["traceEvents"]
names = {e["pid"]: e["args"]["name"].split()[0] for e in events if e["name"] == "process_name"}

begins = {e["id"]: e for e in events if e["ph"] == "b" and e["cat"] == "irp"}
ends = {e["id"]: e for e in events if e["ph"] == "e" and e["cat"] == "irp"}
slowest = max(begins, key=lambda id: ends[id]["ts"] - begins[id]["ts"])
request = begins[slowest]
print(request["name"], "for", names[request["args"]["requester"]])

flows = {}
for e in events:
    if e["ph"] in "stf" and e["cat"] == "flow":
        flows.setdefault(e["id"], []).append(e)
began = request["ts"]
arrows = next(flow for flow in flows.values() if flow[0]["ts"] <= began <= flow[-1]["ts"] and len(flow) > 3)
for before, after in zip(arrows, arrows[1:]):
    waited = (after["ts"] - before["ts"]) / 1000
    print(f"{names[before['pid']]:28} -> {names[after['pid']]:28} {waited:6.1f} ms")
