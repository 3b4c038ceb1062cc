"""The database: opening it (`engine`), executing statements (`execute`), finding builds (`builds`).

`sqlite` and `postgresql` are the two drivers behind `execute`; `results` is what they share.
"""
