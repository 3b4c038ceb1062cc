"""How fast is it, beside what else one would use: `make bench`. docs/performance.md tells what was measured."""
