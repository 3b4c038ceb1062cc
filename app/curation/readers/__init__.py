"""Readers of what a text says: numbers, dates, direct speech.

A reader answers *read*, with all readings, or *not read*. It never guesses.
"""
