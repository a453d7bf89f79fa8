"""Pages for phones: a process of its own that meets the daemon on the wire only.

    desk       one socket that is only read: the values, kept true by /faderd/sync, and the meters
    serve      pages and WebSockets; a UDP socket for each browser, on the port of its mix
    guard      which hosts and origins are served, and what a page may say
    musician   the page, without a build step: .html

What a phone may do is decided by the daemon, by the port its socket speaks to.
"""
