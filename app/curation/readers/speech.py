"""Direct speech in texts: quotation marks, dashes and transcripts."""


def speech_spans(text: str) -> list[tuple[int, int]]:
    """Return the start and end of every passage of direct speech."""
    raise NotImplementedError(text)
