#!/usr/bin/env python3
"""table.py [--cluster|--chaos|--commands] RESULTS.jsonl… [--into FILE.md]: medians of the runs as a Markdown table, Skein beside its peers.

--cluster: what cluster.sh measured. --chaos: what chaos.sh and rolling.sh did, sums and extremes of all their runs.
--commands: what commands.sh measured.
With --into the table replaces what stands between <!-- bench --> and <!-- /bench --> in that file (<!-- cluster -->, <!-- chaos -->)."""
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
    ("idle5k_tls", "5 000 idle sessions, TLS", "KiB/session", lambda r: r["rss_per_session_kb"]),
    ("idle19k", "19 000 idle sessions", "KiB/session", lambda r: r["rss_per_session_kb"]),
]


def number(v):
    return "%.0f" % v if v >= 100 else "%.1f" % v if v >= 10 else "%.2f" % v


CLUSTER = [
    ("chat_max", "chat, full speed", "CPU µs/message", lambda r: r["cpu_us_per_delivery"]),
    ("chat_max", "chat, full speed", "messages/s", lambda r: r["delivered_per_s"]),
    ("chat_fixed", "chat, 1 000/s", "CPU µs/message", lambda r: r["cpu_us_per_delivery"]),
    ("chat_fixed", "chat, 1 000/s", "p50 ms", lambda r: r["lat_us"]["p50"] / 1e3),
    ("chat_fixed", "chat, 1 000/s", "p99 ms", lambda r: r["lat_us"]["p99"] / 1e3),
    ("presence", "presence, 1 000 deliveries/s", "CPU µs/delivery", lambda r: r["cpu_us_per_delivery"]),
    ("login", "login, PLAIN, salted keys", "CPU ms", lambda r: r["login_cpu_ms"]),
    ("idle5k", "5 000 idle sessions", "KiB/session", lambda r: r["rss_per_session_kb"]),
]


def order(peer):
    return (not peer.startswith("skein"), peer)


def medians(rows, figures):
    peers = sorted({r["peer"] for r in rows}, key=order)
    out = ["| figure | unit | " + " | ".join(peers) + " |", "|---|---|" + "---|" * len(peers)]
    for scenario, name, unit, read in figures:
        cells = []
        for p in peers:
            values = [read(r) for r in rows if r["peer"] == p and r["scenario"] == scenario and not r.get("stalled")]
            values = [v for v in values if v is not None]
            cells.append(number(statistics.median(values)) if values else "")
        if any(cells):
            out.append("| %s | %s | %s |" % (name, unit, " | ".join(cells)))
    return out


def soonest(rows):
    shares = [100.0 * r["c_survivors_acked_2s"] / r["c_survivors_sent"] for r in rows if r.get("c_survivors_sent")]
    return "%.2f %%" % min(shares) if shares else ""


def commands(rows):
    of = lambda peer, scenario: [r for r in rows if r["peer"] == peer and r["scenario"] == scenario]
    ms = lambda rows, key, q: "%.1f" % (statistics.median(r[key][q] for r in rows) / 1e3) if rows else ""
    out = ["| what | runs | p50 ms | p99 ms |", "|---|---|---|---|"]
    for name, peer, scenario, key in [
        ("`user:online-count` on one node", "skein-1", "commands_time", "answer_us"),
        ("`user:online-count` over three", "skein-3", "commands_time", "answer_us"),
        ("chat, no commands", "skein-3", "commands_none", "lat_us"),
        ("chat, with commands in flight", "skein-3", "commands_flight", "lat_us"),
        ("those commands", "skein-3", "commands_in_flight", "answer_us"),
    ]:
        found = of(peer, scenario)
        if found:
            out.append("| %s | %d | %s | %s |" % (name, len(found), ms(found, key, "p50"), ms(found, key, "p99")))
    for r in of("skein-3", "commands_stopped"):
        out.append("\none node stopped: `%s` answered after %.2f s; missing: %s" % (r["command"], r["took_us"] / 1e6, "; ".join(r["missing"]) or "**nobody**"))
    return out


def disturbed(rows):
    rows = [r for r in rows if r["mode"] == "chaos"]
    out = ["| run | server | runs | acknowledged and lost | twice | out of order | refused | fewest delivered | `unavailable` seen, max ms | black hole max ms | acknowledged in 2 s, survivors |",
           "|---|---|---|---|---|---|---|---|---|---|---|"]
    for key in sorted({(r["scenario"], r["peer"]) for r in rows}, key=lambda k: (k[0], order(k[1]))):
        of = [r for r in rows if (r["scenario"], r["peer"]) == key]
        total = lambda f: sum(r[f] for r in of)
        out.append("| %s | %s | %d | **%d** | %d | %d | %d | %d | %d of %d, %.0f | %.0f | %s |" % (
            key[0], key[1], len(of), total("c_acked_lost"), total("c_dup"), total("c_ooo"), total("c_bounced"), min(r["c_delivered"] for r in of), total("c_unavail"), total("c_conn_lost"),
            max(r["unavail_us"]["max"] for r in of) / 1e3, max(r["blackhole_us"]["max"] for r in of) / 1e3, soonest(of)))
    return out


def main(args):
    into = args[args.index("--into") + 1] if "--into" in args else None
    kind = next((a[2:] for a in args if a in ("--cluster", "--chaos", "--commands")), "bench")
    files = [a for a in args if not a.startswith("--") and a != into]
    rows = [json.loads(line) for f in files for line in open(f)]
    commits = sorted({r["commit"] for r in rows})
    out = disturbed(rows) if kind == "chaos" else commands(rows) if kind == "commands" else medians(rows, CLUSTER if kind == "cluster" else FIGURES)
    out.append("\n%s; commit %s." % ("All runs" if kind == "chaos" else "Medians", ", ".join(commits)))
    text = "\n".join(out)
    if not into:
        print(text)
        return
    page = open(into).read()
    head, rest = page.split("<!-- %s -->" % kind, 1)
    tail = rest.split("<!-- /%s -->" % kind, 1)[1]
    open(into, "w").write(head + "<!-- %s -->\n" % kind + text + "\n<!-- /%s -->" % kind + tail)


main(sys.argv[1:])
