"""From seed files to a database. The modules, in the order of the stages:

files         the files of a seed tree, and the positions of problems in them
schema        the schema of seed files
dates, quotes, wording    the meaning of dates, numbers and words
readers       what a text says: dates, numbers, direct speech
figure_words  the number that the words of a figure say
seeds         the seeds of a tree, parsed and validated
checks        the rules, one function each
lock_entries  the lock entries of quotes
records       public records, made from seeds
load, history the database's rows, made from records and from the previous database
build         a new database that replaces the old one in one step
"""
