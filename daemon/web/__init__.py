"""Pages for phones and laptops: a process of its own that meets the daemon on the wire only.

    serve      addresses, WebSockets, who is on which page
    desk       one socket that is only read: the values, kept true by /faderd/sync, meters and facts
    phone      one browser: its WebSocket, and a UDP socket of its own, which is what it says it is
    mix        a musician's page: sends, groups, more me, as at soundcheck
    house      the page of the whole desk, and the wall, which only shows
    kept       what belongs to a mix and is no value of the desk: order, choice, soundcheck
    guard      which hosts and origins are served, and what a page may say
    pages      documents, codes to scan;  query  the tree of parameters for OSCQuery;  announce  names in the network

common.js, common.css and musician, house and wall (.html) make the pages, without a build step.  What a browser
may do is decided by the daemon: its socket may only read, until the daemon has heard a PIN from it.
"""
