"""From the raw query of a request to the rows that answer it. No web framework here."""
