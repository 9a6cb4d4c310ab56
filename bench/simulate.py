#!/usr/bin/env python3
"""simulate.py [--json] [--svg FILE] [--users N] [--nodes 3,10,50,200] [--messages R] [--presence R] [--logins R] [--contacts N]

What the clustering strategies cost at sizes no test machine reaches: frames and bytes a node and second, memory a node. Rates are for each online
user and hour. A model, not a run: each line below says what a strategy does for an event. What entries weigh, and the frames of look-ups and logins, are those of
bench/jmh's Crowd (50 000 sessions on 2, 4 and 8 nodes in one process, with the classes that ship); `bench/strategies.sh counts` has the frames of a
real cluster of three.
"""
import argparse
import json
import subprocess
import sys

# Measured: bytes on a link for one message of 100 characters, one presence to one contact, an address in a list, an entry of a strategy and its memory.
WEIGHT = {
    "message": 310, "answer": 12, "presence": 190, "address": 26, "entry": 100, "question": 60,
    "online user": 220, "directory entry": 130, "cached entry": 150, "contact seen": 90,
}
CACHE = 100_000  # cache.entries of the directory


def distinct(nodes, n):
    """Expected number of different nodes among n users placed at random, without the own node."""
    return (nodes - 1) * (1 - (1 - 1 / nodes) ** n)


def model(strategy, nodes, users, a):
    """Frames and bytes sent by one node in a second, and bytes of memory of one node."""
    w, here = WEIGHT, users / nodes
    per_s = lambda rate: here * rate / 3600
    others, away = nodes - 1, (nodes - 1) / nodes
    contacts = a.contacts * a.online
    messages, presence, logins = per_s(a.messages), per_s(a.presence), per_s(a.logins)
    # Every login asks all nodes whether the resource is bound there, and is answered: that is the session manager's, with any strategy.
    frames, size = 2 * logins * others, 2 * logins * others * w["question"]
    memory = here * contacts * away * w["contact seen"]
    announced = presence + 2 * logins  # initial presence and unavailable count as changes
    if strategy == "broadcast":
        targets, reached = others, others
    else:
        targets, reached = away, distinct(nodes, contacts)
    # A message: one frame for each node asked, and an answer that rides on another frame.
    frames += messages * targets
    size += messages * targets * (w["message"] + w["answer"])
    # Presence: one frame for each node reached, with the addresses of the contacts there (or of all, where nobody knows).
    frames += announced * reached
    listed = contacts * (others if strategy == "broadcast" else away)
    size += announced * (reached * w["presence"] + listed * w["address"])
    # Probes at login: one frame for each node reached; answered from the own copy with "online".
    if strategy != "online":
        frames += logins * reached
        size += logins * (reached * w["presence"] + listed * w["address"])
    if strategy == "online":
        # Changes of all users go to all nodes, many in one frame (at most one each 2 ms and peer).
        changes = announced + 2 * logins
        batches = min(changes, 500)
        frames += batches * others + logins * others  # and confirmations of binds
        size += changes * others * w["entry"]
        memory += users * w["online user"]
    if strategy == "directory":
        # A bind tells owner and replica; nodes that cached the user's entry are told by the owner.
        told = 2 * away
        cached_at = min(others, distinct(nodes, contacts))
        frames += 2 * logins * 2 * (told + cached_at)
        size += 2 * logins * 2 * (told + cached_at) * w["question"]
        # Contacts of the own users are cached as far as they fit; a miss asks the owner, many questions in one frame.
        wanted = min(users, here * contacts * away)
        miss = 1 - min(1, CACHE / max(1, wanted))
        absent = announced * a.contacts * (1 - a.online) * away  # that nobody is there is not cached
        asked = (messages * away + announced * contacts * away) * miss + absent
        # Those of one presence go to each owner in one frame.
        owners = distinct(nodes, a.contacts * (1 - a.online) + contacts * miss)
        frames += 2 * min(messages * away * miss + announced * owners, 1000 * others)
        size += asked * 2 * w["question"]
        memory += users * 2 / nodes * w["directory entry"] + min(CACHE, wanted) * w["cached entry"]
    return {"frames": frames, "bytes": size, "memory": memory}


def human(n):
    for unit in ("", "k", "M", "G"):
        if abs(n) < 1000:
            return f"{n:.3g}{unit}"
        n /= 1000
    return f"{n:.3g}T"


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--users", type=float, nargs="*", default=[10_000, 100_000, 1_000_000, 10_000_000])
    p.add_argument("--nodes", default="3,10,50,200")
    p.add_argument("--messages", type=float, default=20)
    p.add_argument("--presence", type=float, default=4)
    p.add_argument("--logins", type=float, default=1)
    p.add_argument("--contacts", type=float, default=50)
    p.add_argument("--online", type=float, default=0.5, help="share of contacts that are online")
    p.add_argument("--json", action="store_true")
    p.add_argument("--svg", help="plot into this file (needs gnuplot)")
    return p.parse_args()


def plot(rows, file, users):
    """Two pictures side by side: bytes a node and second, memory a node, over the number of nodes."""
    data, names = [], ("broadcast", "online", "directory")
    for name in names:
        data += [f'$d_{name} << E'] + [f'{r["nodes"]} {r["bytes"] / 1e6} {r["memory"] / 1e6}' for r in rows if r["strategy"] == name and r["users"] == users] + ["E"]
    lines = lambda column: ", ".join(f'$d_{n} using 1:{column} with linespoints lw 2 title "{n}"' for n in names)
    script = "\n".join(data) + f"""
set terminal svg size 960,400 font "sans,12" background "white"
set output "{file}"
set multiplot layout 1,2 title "{human(users)} users online"
set logscale xy
set key left top
set xlabel "nodes"
set title "sent by each node, MB/s"
plot {lines(2)}
set title "memory of the strategy and of contacts seen, each node, MB"
set key left bottom
plot {lines(3)}
unset multiplot
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main():
    a = arguments()
    rows = [dict(users=u, nodes=n, strategy=s, **model(s, n, u, a))
            for u in a.users for n in map(int, a.nodes.split(",")) for s in ("broadcast", "online", "directory")]
    if a.svg:
        plot(rows, a.svg, a.users[-2] if len(a.users) > 1 else a.users[0])
    if a.json:
        json.dump(rows, sys.stdout, indent=1)
        return
    print("| users | nodes | frames/s: broadcast | online | directory | MB/s: broadcast | online | directory | memory: broadcast | online | directory |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for i in range(0, len(rows), 3):
        three = rows[i:i + 3]
        cells = [human(three[0]["users"]), str(three[0]["nodes"])]
        cells += [human(r["frames"]) for r in three] + [f'{r["bytes"] / 1e6:.3g}' for r in three] + [human(r["memory"]) + "B" for r in three]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
