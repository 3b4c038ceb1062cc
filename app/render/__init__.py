"""Records → bytes, one file for each format. No web framework here."""
