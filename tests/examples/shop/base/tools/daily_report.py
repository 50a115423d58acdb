"""Prints what was sold yesterday: `python tools/daily_report.py`."""

from tools.sales import sales_of_yesterday

for sale in sales_of_yesterday():
    print(sale.order, sale.amount)
