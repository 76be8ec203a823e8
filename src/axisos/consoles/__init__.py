"""Consoles show a machine and are its user's hands; they never reach into it.

    keyboard    bytes from a terminal -> keys, pastes and mouse events of the machine
    painter     a machine's screen -> the bytes that bring a terminal up to it
    tty         the host's terminal: its modes, its size, output that never blocks
    keeper      the small parent process: keeps the terminal, the signals and the way out
    bootdisk    which disk `axisos boot` uses, and that only one machine does
    terminal    puts them together: `boot_on_terminal`
"""
