"""Ring 0: the kernel's executive, one idea a file. Knows `abi` and the component bus, nothing above."""
