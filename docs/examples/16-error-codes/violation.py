syscall("vfs_open", "/etc/hostname")
syscall("ob_dump_directory")
