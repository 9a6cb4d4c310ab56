#!/usr/bin/env python3
"""table.py RESULTS.jsonl… [--into README.md]: medians of the runs as a Markdown table, Skein beside its peers.

With --into the table replaces what stands between <!-- bench --> and <!-- /bench --> in that file."""
import json
import statistics
import sys

FIGURES = [  # scenario, what it is, unit, how to read it from a result line
    ("chat_max", "chat, full speed", "CPU µs/message", lambda r: r["cpu_us_per_delivery"]),
    ("chat_max", "chat, full speed", "messages/s", lambda r: r["delivered_per_s"]),
    ("chat_max_tls", "chat, full speed, TLS", "CPU µs/message", lambda r: r["cpu_us_per_delivery"]),
    ("chat_fixed", "chat, 1 000/s", "CPU µs/message", lambda r: r["cpu_us_per_delivery"]),
    ("chat_fixed", "chat, 1 000/s", "p99 ms", lambda r: r["lat_us"]["p99"] / 1e3),
    ("chat_fixed_tls", "chat, 1 000/s, TLS", "CPU µs/message", lambda r: r["cpu_us_per_delivery"]),
    ("presence", "presence, 1 000 deliveries/s", "CPU µs/delivery", lambda r: r["cpu_us_per_delivery"]),
    ("login", "login, PLAIN", "CPU ms", lambda r: r["login_cpu_ms"]),
    ("login_scram", "login, SCRAM-SHA-1", "CPU ms", lambda r: r["login_cpu_ms"]),
    ("login_tls", "login, PLAIN in TLS, hashed storage", "CPU ms", lambda r: r["login_cpu_ms"]),
    ("idle5k", "5 000 idle sessions", "KiB/session", lambda r: r["rss_per_session_kb"]),
    ("idle19k", "19 000 idle sessions", "KiB/session", lambda r: r["rss_per_session_kb"]),
]


def number(v):
    return "%.0f" % v if v >= 100 else "%.1f" % v if v >= 10 else "%.2f" % v


def main(args):
    into = args[args.index("--into") + 1] if "--into" in args else None
    files = [a for a in args if a != "--into" and a != into]
    rows = [json.loads(line) for f in files for line in open(f)]
    peers = sorted({r["peer"] for r in rows}, key=lambda p: (not p.startswith("skein"), p))
    commits = sorted({r["commit"] for r in rows})
    out = ["| figure | unit | " + " | ".join(peers) + " |", "|---|---|" + "---|" * len(peers)]
    for scenario, name, unit, read in FIGURES:
        cells = []
        for p in peers:
            values = [read(r) for r in rows if r["peer"] == p and r["scenario"] == scenario and not r.get("stalled")]
            values = [v for v in values if v is not None]
            cells.append(number(statistics.median(values)) if values else "")
        if any(cells):
            out.append("| %s | %s | %s |" % (name, unit, " | ".join(cells)))
    out.append("\nMedians; commit %s." % ", ".join(commits))
    text = "\n".join(out)
    if not into:
        print(text)
        return
    page = open(into).read()
    head, rest = page.split("<!-- bench -->", 1)
    tail = rest.split("<!-- /bench -->", 1)[1]
    open(into, "w").write(head + "<!-- bench -->\n" + text + "\n<!-- /bench -->" + tail)


main(sys.argv[1:])
