"""What the server does under load: `python -P -m benchmarks.server`, all figures or those that are named.

Every part is a process of its own, as in the field: `pr-reviewer serve` and `worker`, Postgres, the stand-ins for
GitHub and for the model (`standins.py`), and whoever sends the deliveries (`load.py`). `stage.py` starts them;
`loading.py`, `reviewing.py`, `starting.py` and `bodies.py` measure; `page.py` writes the tables of docs/performance.md.
"""
