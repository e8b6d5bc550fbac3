"""SVG plots of one bench run: bars, and curves on logarithmic axes."""
# SPDX-License-Identifier: GPL-3.0-or-later
import html
import math
import os
import re

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 190, 60, 50, 50
STYLE = ("<style>text{font:13px sans-serif;fill:#222}.title{font-size:16px;font-weight:bold}"
         ".grid{stroke:#ddd}.bar{fill:#3b7dd8}.peer{fill:#b8b8b8}"
         ".curve{fill:none;stroke:#3b7dd8;stroke-width:2}</style>")


def svg(title, body, height=HEIGHT):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">{STYLE}'
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
            f'<text class="title" x="20" y="28">{html.escape(title)}</text>{body}</svg>\n')


def decades(values):
    return range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)


def label(value):
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


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
                   f'text-anchor="middle">{10.0 ** ten:g} ms</text>' for ten in tens)
    for at, (name, value) in enumerate(pairs):
        top = TOP + 32 * at
        kind = "bar" if name == "ours" else "peer"
        body += (f'<text x="{LEFT - 8}" y="{top + 16}" text-anchor="end">{html.escape(name)}</text>'
                 f'<rect class="{kind}" x="{LEFT}" y="{top}" height="22" '
                 f'width="{max(across(value) - LEFT, 1):.1f}"/>'
                 f'<text x="{across(value) + 5:.1f}" y="{top + 16}">{label(value)}</text>')
    return svg(title, body, height)


def curve(title, points, across_name):
    """Points joined on two logarithmic axes; both axes are named."""
    xs, ys = zip(*points)
    x_tens, y_tens = decades(xs), decades(ys)
    low, high = y_tens[0], max(y_tens[-1], y_tens[0] + 1)

    def across(x):
        span = math.log10(max(xs) / min(xs))
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(x / min(xs)) / span

    def down(y):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(y) - low) / (high - low)

    body = ""
    for ten in range(low, high + 1):
        y = down(10.0 ** ten)
        body += (f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
                 f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0 ** ten:g} ms</text>')
    joined = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
    body += f'<polyline class="curve" points="{joined}"/>'
    for x, y in points:
        body += (f'<circle class="bar" cx="{across(x):.1f}" cy="{down(y):.1f}" r="4"/>'
                 f'<text x="{across(x):.1f}" y="{down(y) - 9:.1f}" text-anchor="middle">'
                 f'{label(y)}</text><text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 18}" '
                 f'text-anchor="middle">{x:g}</text>')
    body += (f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">'
             f'{html.escape(across_name)}</text>')
    return svg(title, body)


def matching(rows, pattern):
    for row in rows:
        found = re.fullmatch(pattern, row["name"])
        if found:
            yield found.group(1), row["value"]


def write_plots(rows, directory):
    tools = [pair for pair in matching(rows, r"list 30: ([a-z| -]+)") if "/" not in pair[0]]
    growth = [(int(count), value) for count, value in matching(rows, r"list (\d+)")]
    tasks = [(int(length), value - int(length))
             for length, value in matching(rows, r"task (\d+) ms: start")]
    drawings = {
        "latency-by-tool.svg": bars("One list of 30 VMs, median", tools),
        "cost-by-vms.svg": curve("One list, median, by number of VMs", growth, "VMs"),
        "cost-by-lines.svg": curve("start --dry-run, by number of input lines",
                                   [(int(count), value) for count, value
                                    in matching(rows, r"(\d+) lines, --dry-run")], "lines"),
        "task-latency.svg": curve("start: time added to the task's own, polls at 0.2 of its age",
                                  tasks, "length of the task in ms"),
    }
    for name, drawing in drawings.items():
        with open(os.path.join(directory, name), "w") as file:
            file.write(drawing)
