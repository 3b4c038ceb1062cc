"""The database: opening it (`engine`), running statements (`execute`), and its builds (`builds`)."""
