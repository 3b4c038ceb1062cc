"""Benchmark: `make bench` measures CPU time per request and writes docs/performance.md."""
