"""HTML pages of records, lists, history and documentation: without scripts, from this host alone.

Modules prepare values; `templates/` has the markup, with autoescape.
"""
