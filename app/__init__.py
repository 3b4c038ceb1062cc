"""On Record: news reports as records that software can cite."""

__version__ = "0.1.0"
