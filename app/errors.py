"""What the person at the command line can fix."""


class OperatorError(Exception):
    """One line that says what to do. The command prints it without a traceback and exits with 2."""
