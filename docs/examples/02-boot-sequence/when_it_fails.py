# Run it: PYTHONHASHSEED=0 python when_it_fails.py
from axisos import Machine
from axisos.machine.disk import overlay
from axisos.machine.memory_storage import MemoryStorage


def boot(title, path, text):
    """Boot from the packaged disk with one file changed, and show where that ends."""
    disk = overlay(MemoryStorage(), simulated=True)
    if text is None:
        disk.remove(path)
    else:
        file = disk.open(path, "w")
        file.write(text.encode())
        file.close()
    with Machine(disk, seed=7, boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.run_until(lambda: machine.last_error)
        print(f"--- {title}")
        print(machine.last_error)


boot("no kernel on any disk", "kernel.py", None)
boot("a kernel that is cut off", "kernel.py", "x = 1\n")
boot("a kernel with a mistake", "kernel.py", "# " + "a long comment, " * 10 + "\nif True\n    pass\n")
boot("nothing to boot", "boot/loader.toml", "entries = []\n")
boot("a critical module is gone", "executive/registry.py", None)
boot("fstab begins with something else", "etc/fstab.toml",
     '[[mount]]\nuuid = "boot"\npath = "/"\nmount = "/home"\ntype = "homefs"\n')
boot("no Pipeline Manager", "system/pipeline_manager.py", None)
boot("no DKMS", "system/dkms.py", None)
boot("no init", "bin/init.py", None)
