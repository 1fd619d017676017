"""One line a check; the exit code says whether all held."""

import sys


def regions_of(result):
    """What the source tells apart, by the name it has in a file that may be given back as labels."""
    named = {a["artery"]: a for a in result["arteries"] if a["separated"]}
    if len(named) > 1 and "coronary" in named:
        named["other coronary"] = named.pop("coronary")
    return named | {r["name"]: r for r in result["regions"]}


def region_of(result, lesion):
    """The name of a lesion's region in such a file."""
    artery = lesion["artery"]
    return "other coronary" if artery == "coronary" and "other coronary" in regions_of(result) else artery


def lowest_hu(result):
    """From which HU on voxels count for the volume."""
    return result["protocol"]["volume_threshold_hu"] or result["protocol"]["threshold_hu"]


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
