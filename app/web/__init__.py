"""HTTP: routes, problems, docs. With main.py, the only part that knows the web framework."""
