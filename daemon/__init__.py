"""The daemon: sockets, files, devices and the values of the console.  It meets the terminal on the wire only.

    cli        the commands; run puts the daemon together: settings, device, desk, server
    server     datagrams in and out ─▶ dialect  what each message means ─▶ commands/
    upkeep     what goes on beside the mixing: load, health, reload
    album      from a gig to an album: mastering
    web        pages for phones, in a process of its own that speaks OSC like any client
    settings   one TOML file; errors  what is told to people

Begin with `run`, then follow a message: server → dialect → desk/console → (the wall) → dsp/.
"""
