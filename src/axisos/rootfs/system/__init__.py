"""Ring 1: the services that the kernel leans on. They speak to it by system calls and to one another by messages."""
