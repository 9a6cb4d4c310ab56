"""sessions.py PORTS_JSON N: N sessions of u@localhost with stream management, each with a message it never confirms; says N when all are there."""
import base64, json, socket, sys, time

port, count = json.load(open(sys.argv[1]))["c2s"], int(sys.argv[2])
HEADER = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>"


def say(s, text, until):
    s.sendall(text.encode())
    seen = b""
    while until.encode() not in seen:
        more = s.recv(65536)
        if not more:
            raise SystemExit("the stream ended: %r" % seen[-300:])
        seen += more


sessions = []
for i in range(count):
    s = socket.create_connection(("127.0.0.1", port))
    sessions.append(s)
    say(s, HEADER, "</stream:features>")
    say(s, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>" % base64.b64encode(b"\0u\0secret").decode(), "<success")
    say(s, HEADER, "</stream:features>")
    say(s, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r%d</resource></bind></iq>" % i, "</iq>")
    say(s, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>", "<enabled")
    say(s, "<message to='u@localhost/r%d'><body>never confirmed</body></message>" % i, "</message>")
print(count, flush=True)
time.sleep(600)
