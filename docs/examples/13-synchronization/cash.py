# Run it: axisos explore cash.py
from axis import thread

balance, paid = 100, 0


def fee(amount):
    return amount // 10


def withdraw(amount):
    global balance, paid
    if balance >= amount + fee(amount):
        balance -= amount + fee(amount)
        paid += amount


thread.parallel([lambda: withdraw(80), lambda: withdraw(40)])
assert balance >= 0, f"the account is at {balance}"
