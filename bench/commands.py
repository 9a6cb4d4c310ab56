#!/usr/bin/env python3
"""commands.py time|once|flight --host HOST:PORT… : runs commands over XMPP (XEP-0050) as an administrator, and prints one line of JSON.

time    --count 200: one after the other; how long an answer takes, in microseconds
once    one; how long it takes, and which nodes are missing from the answer
flight  --in-flight 1000 --secs 10: so many at a time, over all hosts in turn; each answer is followed by the next command. With --every S
        instead all at once, and again S seconds after they began if all are answered by then

--command is one without fields, as `user:online-count` or the node of XEP-0050; the account is --user boss --password pw, in clear text."""
import argparse
import asyncio
import base64
import json
import re
import time

ADMIN = "http://jabber.org/protocol/admin#"
NODES = {"user:online-count": ADMIN + "get-online-users-num", "user:active-count": ADMIN + "get-active-users-num"}
IQ = re.compile(rb"<iq\b[^>]*?(?:/>|>.*?</iq>)", re.S)


class Client:
    async def connect(self, host, args, resource):
        name, port = host.split(":")
        self.reader, self.writer = await asyncio.open_connection(name, int(port))
        self.buffer, self.waiting, self.ids = b"", {}, 0
        await self.stream("</stream:features>")
        self.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>"
                  % base64.b64encode(b"\0" + args.user.encode() + b"\0" + args.password.encode()).decode())
        await self.until("<success")
        await self.stream("</stream:features>")
        self.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>%s</resource></bind></iq>" % resource)
        await self.until("</iq>")
        self.buffer = b""
        self.task = asyncio.ensure_future(self.read())
        return self

    def send(self, text):
        self.writer.write(text.encode())

    async def stream(self, mark):
        self.buffer = b""
        self.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>")
        await self.until(mark)

    async def until(self, mark):
        while mark.encode() not in self.buffer:
            data = await self.reader.read(65536)
            if not data:
                raise SystemExit("the connection ended: %r" % self.buffer[-400:])
            self.buffer += data

    async def read(self):
        while True:
            data = await self.reader.read(65536)
            if not data:
                for future in self.waiting.values():
                    future.set_exception(ConnectionError("the connection ended"))
                return
            self.buffer += data
            end = 0
            for found in IQ.finditer(self.buffer):
                end = found.end()
                id = re.search(rb"\bid=['\"](c\d+)['\"]", found.group(0))
                if id and id.group(1) in self.waiting:
                    self.waiting.pop(id.group(1)).set_result(found.group(0).decode())
            self.buffer = self.buffer[end:]

    async def run(self, node):
        """The answer and the microseconds it took."""
        self.ids += 1
        id = "c%d" % self.ids
        answer = self.waiting[id.encode()] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        self.send("<iq type='set' id='%s' to='localhost'><command xmlns='http://jabber.org/protocol/commands' node='%s' action='execute'/></iq>" % (id, node))
        text = await answer
        return text, (time.perf_counter() - began) * 1e6


def figures(times):
    times = sorted(times)
    at = lambda q: times[min(len(times) - 1, int(q * len(times)))]
    return {"p50": round(at(0.5)), "p99": round(at(0.99)), "max": round(times[-1])} if times else {}


def notes(text):
    return re.findall(r"<note[^>]*type=['\"]warn['\"][^>]*>([^<]*)", text)


def completed(text):
    return re.search(r"status=['\"]completed", text) is not None


async def main(args):
    node = NODES.get(args.command, args.command if ":" not in args.command or "//" in args.command else "urn:skein:command:" + args.command)
    out = {"mode": args.mode, "command": args.command}
    if args.mode == "once":
        client = await Client().connect(args.host[0], args, "once")
        text, took = await client.run(node)
        out.update(took_us=round(took), completed=completed(text), missing=notes(text))
    elif args.mode == "time":
        client = await Client().connect(args.host[0], args, "time")
        times, bad = [], 0
        for i in range(args.warm + args.count):
            text, took = await client.run(node)
            bad += not completed(text) or bool(notes(text))
            if i >= args.warm:
                times.append(took)
        out.update(count=args.count, answer_us=figures(times), bad=bad)
    else:
        clients = [await Client().connect(args.host[i % len(args.host)], args, "flight%d" % i) for i in range(args.connections)]
        times, bad, end = [], [0], time.perf_counter() + args.secs

        async def one(client):
            text, took = await client.run(node)
            times.append(took)
            bad[0] += not completed(text) or bool(notes(text))

        async def chain(client):
            while time.perf_counter() < end:
                await one(client)

        began = time.perf_counter()
        if args.every:
            while time.perf_counter() < end:
                due = time.perf_counter() + args.every
                await asyncio.gather(*(one(clients[i % len(clients)]) for i in range(args.in_flight)))
                await asyncio.sleep(max(0, due - time.perf_counter()))
        else:
            await asyncio.gather(*(chain(clients[i % len(clients)]) for i in range(args.in_flight)))
        out.update(in_flight=args.in_flight, every_s=args.every, count=len(times), per_s=round(len(times) / (time.perf_counter() - began)), answer_us=figures(times), bad=bad[0])
    print(json.dumps(out))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("mode", choices=["time", "once", "flight"])
parser.add_argument("--host", action="append", required=True)
parser.add_argument("--command", default="user:online-count")
parser.add_argument("--user", default="boss")
parser.add_argument("--password", default="pw")
parser.add_argument("--count", type=int, default=200)
parser.add_argument("--warm", type=int, default=50)
parser.add_argument("--in-flight", type=int, default=1000)
parser.add_argument("--connections", type=int, default=30)
parser.add_argument("--secs", type=float, default=10)
parser.add_argument("--every", type=float, default=0)
asyncio.run(main(parser.parse_args()))
