# What goes wrong while a plan is made, and where in the scenario's files it is.
# SPDX-License-Identifier: GPL-3.0-or-later
import re

FAILED, VAULT = 1, 4


class Trouble(Exception):
    """One reason why there is no plan: what, the places it is about, and what helps."""

    def __init__(self, what, places=(), remedy="", status=FAILED):
        super().__init__(what)
        self.what = what
        self.places = [place for place in places if place]
        self.remedy = remedy
        self.status = status


def place_of(value):
    """(file, line) of what was read from a file, or None. ansible up to 2.18 keeps it in an
    attribute, later ones in a tag."""
    position = getattr(value, "ansible_pos", None)
    if position and position[0]:
        return (str(position[0]), int(position[1]))
    try:
        from ansible._internal._datatag._tags import Origin
    except ImportError:
        return None
    origin = Origin.get_tag(value)
    if origin is None or not origin.path:
        return None
    return (str(origin.path), int(origin.line_num or 1))


# How ansible before 2.19 and since then name a place in the words of an error.
PLACE_IN_WORDS = (
    re.compile(r"in '([^'\n]+)': line (\d+)"),
    re.compile(r'in "([^"\n]+)", line (\d+)'),
    re.compile(r"Origin: ([^:\n]+):(\d+)"),
)


def causes_of(error):
    """The error and what it was raised from, the outermost first."""
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        error = getattr(error, "orig_exc", None) or error.__cause__ or error.__context__
    return seen


def place_of_error(error):
    for cause in causes_of(error):
        place = place_of(getattr(cause, "obj", None))
        if place:
            return place
        mark = getattr(cause, "problem_mark", None)
        if mark is not None and getattr(mark, "name", None):
            return (str(mark.name), mark.line + 1)
    for cause in causes_of(error):
        for pattern in PLACE_IN_WORDS:
            found = pattern.search(str(cause))
            if found:
                return (found.group(1), int(found.group(2)))
    return None


def words_of_error(error):
    """The first line of what ansible says, without the piece of the file that it shows."""
    raw = str(getattr(error, "_message", None) or error)
    for cause in causes_of(error):
        if getattr(cause, "problem", None):
            return f"no YAML: {cause.problem}"
        # What is missing says more than what was being done.
        if type(cause).__name__ == "AnsibleUndefinedVariable":
            raw = str(getattr(cause, "_message", None) or cause)
        if type(cause).__name__ in ("TemplateSyntaxError", "TemplateAssertionError"):
            raw = f"no template: {cause.message}"
    for start in ("Syntax Error while loading YAML.", "original message: "):
        raw = raw[raw.rfind(start) + len(start):] if start in raw else raw
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    words = lines[0] if lines else type(error).__name__
    if words.endswith(":") and len(lines) > 1:
        words += " " + lines[1]
    return words.rstrip(".")
