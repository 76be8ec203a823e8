"""The rooms of the terminal driver (`/drivers/tty.sys.py`).

    console     who reads, in which mode; input queue; control methods      (knows requests, not the driver kit)
      line        cooked and edit line disciplines                          (pure: keys in, outcomes out)
      echo        shows the line being edited on the screen model
      keys        key codes, what a raw reader gets for each key
      openers     settings of each process that has the terminal open
    terminal    the screen model: cells, colours, scrollback, escape sequences
      grid        rows of cells, colours packed into one number
      rendition   what `ESC[...m` does to the two colours
    painter     brings the screen board up to what the model shows, lazily

Arrows point down and to `grid`; only the driver file itself talks to the driver kit and to the hardware.
"""
