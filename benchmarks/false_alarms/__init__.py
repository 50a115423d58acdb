"""How often the packs' pattern rules hit well-kept code, and how many of those hits are false alarms.

`python -m benchmarks.false_alarms` scans what `corpus.toml` names; `verdicts.csv` says of each hit whether it is true.
"""
