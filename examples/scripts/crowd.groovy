// Which addresses have how many sessions on each node, and since when.
//
// name: session:crowd
// title: Users with many sessions
// description: Lists users with at least so many sessions on one node, the oldest session first.
// field: least int "At least so many sessions" default=2 min=1 max=1000
// field: domain text "Only of this domain" optional
// scope: all
// merge: rows
// idempotent: true

sessions.all()
    .findAll { domain == null || it.jid().domain() == domain }
    .groupBy { it.jid().bare() }
    .findAll { user, theirs -> theirs.size() >= least }
    .collect { user, theirs ->
        def first = theirs.min { it.boundAt() }
        [user: user, sessions: theirs.size(), since: first.boundAt(), transport: first.transport()]
    }
    .sort { a, b -> b.sessions <=> a.sessions ?: a.user.toString() <=> b.user.toString() }
