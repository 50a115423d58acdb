"""Prints what was sold yesterday: `python tools/daily_report.py`."""

from tools.sales import sales_of_yesterday

sales = sales_of_yesterday()
for sale in sales:
    print(sale.order, sale.amount)
print(len(sales), "sales")
