// Sends a message to each available session of a user, on whichever node it is.
//
// name: user:nudge
// title: Sends a message to all sessions of a user
// field: user jid "User"
// field: text text "Text" multiline length=1000
// field: dry flag "Only count the sessions"
// scope: node-of-user user
// merge: sum
// deadline: 5

import org.skein.xmpp.Stanza

def online = sessions.account(user.bare())
if (online.isEmpty()) notFound("$user has no session")

def reached = online.get().sessions().findAll { it.isAvailable() }
if (!dry) {
    reached.each { session ->
        session.send(Stanza.message().type('headline').from(call.by()).to(session.jid()).body(text).build())
    }
    log.info('what=nudged user={} sessions={} by={}', user, reached.size(), call.by())
}
[sessions: reached.size()]
