"""The rooms of the network driver (`/drivers/internet.sys.py`).

    service      the rooms put together, for one card
    controls     the methods of `/dev/net`: one table, arguments checked
      transfers    requests and connections under way, step by step
        pings        several connections in a row, timed
        sessions     what programs have open, and whose it is
      netfilter    who may go where: hosts table, rules, limits, and the record of it
        rules        the two files, and what a rule matches         (pure)
      address      URLs, hosts and ports, each in its one spelling  (pure)

Arrows point down; only the driver file itself talks to the driver kit.
"""
