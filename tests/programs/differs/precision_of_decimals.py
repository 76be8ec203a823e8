from decimal import Decimal, getcontext

getcontext().prec = 10_000
print(len(str(Decimal(2).sqrt())))
