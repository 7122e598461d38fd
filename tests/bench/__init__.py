"""Measures the goals of docs/performance.md, each beside a floor in the same run: `python -m tests.bench [goal…]`."""
