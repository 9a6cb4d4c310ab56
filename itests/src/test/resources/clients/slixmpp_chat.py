"""Logs in as a desktop client does, adds a contact, says hello and prints what is answered."""
import asyncio
import ssl
import sys

import slixmpp

port, jid, password, peer = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


class Chat(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(jid, password)
        for plugin in ("xep_0030", "xep_0115", "xep_0198", "xep_0199", "xep_0280", "xep_0352"):
            self.register_plugin(plugin)
        # The node's certificate is self-made.
        self.ssl_context.check_hostname = False
        self.ssl_context.verify_mode = ssl.CERT_NONE
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("message", self.answered)
        self.add_event_handler("failed_all_auth", lambda _: self.end("failed_all_auth"))
        self.done = asyncio.get_event_loop().create_future()

    async def started(self, _):
        print("online", self.boundjid.full, flush=True)
        self.send_presence()
        await self.get_roster()
        await self["xep_0280"].enable()
        await self.update_roster(peer, name="Peer")
        self.send_presence_subscription(pto=peer)
        self.send_message(mto=peer, mbody="hello from slixmpp", mtype="chat")

    def answered(self, message):
        # What a client before this one did not confirm may come first.
        if message["body"] and message["from"].bare == peer:
            print("answer", message["from"].bare, message["body"], flush=True)
            self.end("done")

    def end(self, how):
        if not self.done.done():
            self.done.set_result(how)


async def main():
    chat = Chat()
    chat.connect(("127.0.0.1", port))
    how = await asyncio.wait_for(chat.done, 60)
    await chat.disconnect()
    print(how, flush=True)
    return 0 if how == "done" else 1


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
sys.exit(loop.run_until_complete(main()))
