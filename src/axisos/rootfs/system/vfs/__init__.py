"""The rooms of the Pipeline Manager: each keeps one thing that file and device calls need, and knows little else.

`paths` names, `mounts` places, `permissions` rights (kept on disk by `permission_file`), `files` bytes on disks,
`devices` requests to drivers, `calls` the vfs_* calls made of these; `startup` and `logs` serve the boot.
"""
