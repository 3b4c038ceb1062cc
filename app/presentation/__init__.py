"""Records in words: sentences, citations, cards and preview pictures."""
