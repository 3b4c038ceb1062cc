"""From seed files to a database. The order of the stages is the order of the files:

files    the files of a seed tree, and where in them a problem stands
schema   what a curator may write
dates, numerals, quotes    what a date, a number and a quote mean
checks   the rules, one function each
records  seeds → public records
load     public records → database
build    all of it, into a new database that replaces the old one in one step
"""
