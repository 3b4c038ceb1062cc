"""The formats of responses, one module each."""
