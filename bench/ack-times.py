#!/usr/bin/env python3
"""ack-times.py FILE: adds to the load generator what a crash is judged by: of the messages of users who never lost their
connection, how many were acknowledged within 2 s (result fields c_survivors_sent, c_survivors_acked_2s)."""
import sys

CHANGES = [
    ("F_BOUNCED = 4, F_RELOGIN = 8 }", "F_BOUNCED = 4, F_RELOGIN = 8, F_SOON = 16 }"),
    ("c_delayed, c_skipped, c_offline_end;", "c_delayed, c_skipped, c_offline_end, c_surv, c_surv_soon;"),
    ("m->fl |= F_ACKED; S->acked++;", "m->fl |= F_ACKED | (NOW - m->ts < 2000000 ? F_SOON : 0); S->acked++;"),
    ("u8 f = u->m[q].fl; S->c_sent++;", "u8 f = u->m[q].fl; S->c_sent++; if (!u->last_loss) { S->c_surv++; if (f & F_SOON) S->c_surv_soon++; }"),
    ('jhist(f, "reconnect", &T.recon);', 'fprintf(f, ",\\"c_survivors_sent\\":%llu,\\"c_survivors_acked_2s\\":%llu", LL(T.c_surv), LL(T.c_surv_soon)); jhist(f, "reconnect", &T.recon);'),
]
text = open(sys.argv[1]).read()
for old, new in CHANGES:
    if text.count(old) != 1:
        sys.exit("ack-times: %r is there %d times" % (old, text.count(old)))
    text = text.replace(old, new)
open(sys.argv[1], "w").write(text)
