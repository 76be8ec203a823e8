from axis import registry, sync

KEY = "@VT\\DRV\\Heater"
tea_time = sync.create_timer()
sync.set_timer(tea_time, 2500)

with registry.watch(KEY, changes=registry.NOTIFY_VALUE) as watch:
    print("now", registry.get(KEY, "Watts"), flush=True)
    while sync.wait_multiple([watch, tea_time]) == 0:
        for change in watch.take():
            print(change.what, change.name, registry.get(change.path, change.name), flush=True)
print("tea time")
