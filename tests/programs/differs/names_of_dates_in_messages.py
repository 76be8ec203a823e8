from datetime import date

try:
    date(2024, 1, 1) + 1
except TypeError as error:
    print(error)
