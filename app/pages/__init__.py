"""HTML pages: the records as everywhere else, without scripts and without other hosts.

What several pages have is a function in components.py.
"""
