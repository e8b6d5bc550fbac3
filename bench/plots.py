"""SVG plots of one bench run: bars, and curves on logarithmic axes."""
# SPDX-License-Identifier: GPL-3.0-or-later
import html
import math
import os
import re

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 190, 60, 50, 50
# The first and the last point keep off what stands beside the axes.
INSET = 30
STYLE = ("<style>text{font:13px sans-serif;fill:#222}.title{font-size:16px;font-weight:bold}"
         ".grid{stroke:#ddd}.bar{fill:#3b7dd8}.peer{fill:#b8b8b8}"
         "polyline.bar{fill:none;stroke-width:2;stroke:#3b7dd8}"
         "polyline.peer{fill:none;stroke-width:2;stroke:#b8b8b8}</style>")


def svg(title, body, height=HEIGHT):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">{STYLE}'
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
            f'<text class="title" x="20" y="28">{html.escape(title)}</text>{body}</svg>\n')


def decades(values):
    return range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)


def label(value):
    return grouped(value) if value >= 10 else f"{value:.2g}"


def grouped(value):
    return f"{value:,.0f}".replace(",", "\N{NO-BREAK SPACE}")


def bars(title, pairs):
    """Horizontal bars on a logarithmic axis: the peers are decades apart."""
    tens = decades([value for _, value in pairs])
    first, last = 10.0 ** tens[0], 10.0 ** max(tens[-1], tens[0] + 1)
    height = TOP + 32 * len(pairs) + BOTTOM

    def across(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(value / first) / math.log(last / first)

    body = "".join(f'<line class="grid" x1="{across(10.0 ** ten):.1f}" y1="{TOP - 8}" '
                   f'x2="{across(10.0 ** ten):.1f}" y2="{height - BOTTOM}"/>'
                   f'<text x="{across(10.0 ** ten):.1f}" y="{height - BOTTOM + 18}" '
                   f'text-anchor="middle">{grouped(10.0 ** ten)} ms</text>' for ten in tens)
    for at, (name, value) in enumerate(sorted(pairs, key=lambda pair: pair[1])):
        top = TOP + 32 * at
        kind = "bar" if name == "ours" else "peer"
        body += (f'<text x="{LEFT - 8}" y="{top + 16}" text-anchor="end">{html.escape(name)}</text>'
                 f'<rect class="{kind}" x="{LEFT}" y="{top}" height="22" '
                 f'width="{max(across(value) - LEFT, 1):.1f}"/>'
                 f'<text x="{across(value) + 5:.1f}" y="{top + 16}">{label(value)}</text>')
    return svg(title, body, height)


def curves(title, series, across_name):
    """Points joined on two logarithmic axes, ours first; both axes are named."""
    xs, ys = zip(*[point for points in series.values() for point in points])
    y_tens = decades(ys)
    low, high = y_tens[0], max(y_tens[-1], y_tens[0] + 1)

    def across(x):
        share = math.log10(x / min(xs)) / math.log10(max(xs) / min(xs))
        return LEFT + INSET + (WIDTH - LEFT - RIGHT - 2 * INSET) * share

    def down(y):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(y) - low) / (high - low)

    body = ""
    for ten in range(low, high + 1):
        y = down(10.0 ** ten)
        body += (f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
                 f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">'
                 f'{grouped(10.0 ** ten)} ms</text>')
    for x in sorted(set(xs)):
        body += (f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 18}" '
                 f'text-anchor="middle">{grouped(x)}</text>')
    for at, (name, points) in enumerate(series.items()):
        # Where lines meet, numbers above our points and below the others do not.
        kind, number, remark = ("peer", 20, -10) if at else ("bar", -9, -28)
        joined = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
        body += f'<polyline class="{kind}" points="{joined}"/>'
        for x, y in points:
            body += (f'<circle class="{kind}" cx="{across(x):.1f}" cy="{down(y):.1f}" r="4"/>'
                     f'<text x="{across(x):.1f}" y="{down(y) + number:.1f}" '
                     f'text-anchor="middle">{label(y)}</text>')
        x, y = points[0]
        body += (f'<text x="{across(x):.1f}" y="{down(y) + remark:.1f}">{html.escape(name)}</text>'
                 if len(series) > 1 else "")
    body += (f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">'
             f'{html.escape(across_name)}</text>')
    return svg(title, body)


def matching(rows, pattern):
    for row in rows:
        found = re.fullmatch(pattern, row["name"])
        if found:
            yield found.group(1), row["value"]


def added(rows, pattern):
    """What waiting adds to a task's own time."""
    return [(int(length), value - int(length)) for length, value in matching(rows, pattern)]


def write_plots(rows, directory):
    tools = [pair for pair in matching(rows, r"list 30: ([a-z| -]+)") if "/" not in pair[0]]
    growth = [(int(count), value) for count, value in matching(rows, r"list (\d+)")]
    lines = [(int(count), value) for count, value in matching(rows, r"(\d+) lines, --dry-run")]
    schedules = {"ours: polls at 0.2 of the task's age": added(rows, r"task (\d+) ms: start"),
                 "a poll each second": added(rows, r"task (\d+) ms: bash, sleep 1")}
    drawings = {
        "latency-by-tool.svg": bars("One list of 30 VMs, median", tools),
        "cost-by-vms.svg": curves("One list, median, by number of VMs", {"ours": growth}, "VMs"),
        "cost-by-lines.svg": curves("start --dry-run, by number of input lines", {"ours": lines},
                                    "lines"),
        "task-latency.svg": curves("start: time added to the task's own, by poll schedule",
                                   schedules, "length of the task in ms"),
    }
    for name, drawing in drawings.items():
        with open(os.path.join(directory, name), "w") as file:
            file.write(drawing)
