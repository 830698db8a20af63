"""What the project's claims about speed rest on. Ratios taken in one run; see ``benchmarks/results.md``."""
