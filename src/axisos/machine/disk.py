"""Which storage a machine's disks are: the packaged system disk, a host directory, or one that is given."""

from __future__ import annotations

import os

from axisos.machine.clock import SIMULATED_EPOCH_S
from axisos.machine.host_directory import HostDirectory
from axisos.machine.memory_storage import MemoryStorage
from axisos.machine.overlay_storage import OverlayStorage
from axisos.machine.storage import Storage

MEMORY_DISK_BYTES = 256 << 20  # of a throw-away disk, so that a guest cannot eat the host
_CHUNK = 1 << 20
HIDDEN = ("__pycache__", ".DS_Store")  # what the host leaves in directories; machines do not see it


def packaged_root() -> str:
    """Where the packaged system disk lies on the host."""
    return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rootfs")


def packaged(simulated: bool = False) -> HostDirectory:
    """The packaged system disk, read-only."""
    return HostDirectory(
        packaged_root(), read_only=True, hidden=HIDDEN, fixed_mtime=SIMULATED_EPOCH_S if simulated else None
    )


def overlay(upper: Storage, simulated: bool = False) -> OverlayStorage:
    """The packaged system disk under `upper`, which takes what is changed."""
    return OverlayStorage(upper, packaged(simulated))


def storage_for(
    place: str | os.PathLike[str] | Storage | None, *, system: bool, simulated: bool, capacity: float
) -> Storage:
    """The storage for a `disk=` or `home=` argument.

    Args: place: None (the packaged disk under a throw-away overlay; for other disks empty memory), a host directory,
    or a storage. Raises NotADirectoryError, naming the path, if there is no such directory.
    """
    if isinstance(place, Storage):
        return place
    if place is None:
        memory = MemoryStorage(capacity, "packaged" if system else "home")
        return overlay(memory, simulated) if system else memory
    return HostDirectory(
        os.fspath(place), capacity=capacity, hidden=HIDDEN, fixed_mtime=SIMULATED_EPOCH_S if simulated else None
    )


def populate(target: Storage, source: Storage | None = None) -> int:
    """Copy a whole disk (the packaged one if none is given) to where `target` has nothing yet; the files copied."""
    source = packaged() if source is None else source
    copied, directories = 0, [""]
    for directory in directories:  # grows while it is gone through
        target.make_directory(directory)
        for name in source.list(directory) or ():
            path = f"{directory}/{name}".strip("/")
            if name.endswith("/"):
                directories.append(path)
            elif target.stat(path) is None:
                _copy_file(source, target, path)
                copied += 1
    return copied


def _copy_file(source: Storage, target: Storage, path: str) -> None:
    reader, writer = source.open(path, "r"), target.open(path, "w")
    assert reader is not None and writer is not None, f"{path} cannot be copied"
    while chunk := reader.read(_CHUNK):
        writer.write(chunk)
    reader.close()
    writer.close()
