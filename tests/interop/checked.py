"""One line a check; the exit code says whether all held."""

import sys


class Checked:
    """Prints what held and what did not, and remembers."""

    def __init__(self, subject):
        self.subject = subject
        self.failed = 0

    def that(self, holds, what, seen=""):
        """Records one check; `seen` is printed beside it."""
        self.failed += not holds
        print(f"{'ok    ' if holds else 'FAILED'} {self.subject}: {what}{f' ({seen})' if str(seen) else ''}", flush=True)

    def end(self):
        """Ends the program: 0 when everything held."""
        sys.exit(1 if self.failed else 0)
