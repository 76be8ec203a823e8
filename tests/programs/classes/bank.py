"""Accounts, exceptions of one's own, properties, class methods."""
from decimal import Decimal, ROUND_HALF_UP
from datetime import date, timedelta


class BankError(Exception):
    """Base of all errors of the bank."""


class InsufficientFunds(BankError):
    def __init__(self, account, amount):
        super().__init__(f"{account.owner} has {account.balance:.2f}, needs {amount:.2f}")
        self.account = account
        self.amount = amount

    @property
    def missing(self):
        return self.amount - self.account.balance


class Account:
    interest = Decimal("0.015")
    _next_id = 1000

    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = Decimal(str(balance))
        self.history = []
        self.id = Account._next_id
        Account._next_id += 1

    @property
    def balance(self):
        """What is in it."""
        return self._balance

    @balance.setter
    def balance(self, value):
        raise AttributeError("use deposit() or withdraw()")

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("Deposit must be positive")
        self._balance += Decimal(str(amount))
        self.history.append(("deposit", amount))
        return self

    def withdraw(self, amount):
        if amount > self._balance:
            raise InsufficientFunds(self, amount)
        self._balance -= Decimal(str(amount))
        self.history.append(("withdraw", amount))
        return self

    def add_interest(self):
        gain = (self._balance * self.interest).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        self._balance += gain
        return gain

    @classmethod
    def from_string(cls, text):
        owner, balance = text.split(":")
        return cls(owner.strip(), Decimal(balance))

    @staticmethod
    def valid_iban(iban):
        digits = "".join(str(int(c, 36)) for c in (iban[4:] + iban[:4]).replace(" ", ""))
        return int(digits) % 97 == 1

    def __repr__(self):
        return f"{type(self).__name__}({self.owner!r}, {self._balance})"

    def __lt__(self, other):
        return self._balance < other._balance


class Savings(Account):
    interest = Decimal("0.04")

    def withdraw(self, amount):
        if amount > 500:
            raise BankError("at most 500 a day")
        return super().withdraw(amount)


a = Account("Ann", 100)
s = Savings.from_string("Sue : 1234.56")
print(a, s, a < s, sorted([s, a]), a.id, s.id)
a.deposit(50).withdraw(30.25)
print(a.balance, a.history, s.add_interest(), s)
for action in (lambda: a.withdraw(10000), lambda: s.withdraw(600), lambda: a.deposit(-1), lambda: setattr(a, "balance", 3)):
    try:
        action()
    except InsufficientFunds as e:
        print("Insufficient:", e, "| missing", e.missing)
    except BankError as e:
        print("Bank:", e, e.args)
    except (ValueError, AttributeError) as e:
        print(type(e).__name__, e)
print(Account.valid_iban("GB82 WEST 1234 5698 7654 32"), Account.balance.__doc__, Account.valid_iban("GB83 WEST 1234 5698 7654 32"))
due = [date(2024, 1, 31) + timedelta(days=30 * n) for n in range(4)]
print(*due, sep=", ")
