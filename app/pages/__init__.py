"""Pages for people: the same records as everywhere else, as HTML that needs no script, no other host and no second look at
the number to see how it is meant. What is the same on several pages is a function in components.py.
"""

MEDIA_TYPE = "text/html; charset=utf-8"
