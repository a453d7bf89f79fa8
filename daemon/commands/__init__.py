"""One file per family of addresses: what a message does that is not a parameter of the table.

    xremote, subscriptions, polls, meterfeed   what clients are told, and how often
    actions, talkback                          buttons, and talkback that closes by itself
    storage, scenes, stores                    save, load, preview, partial recall, fades
    listen                                     a solo that only one client hears
    sync                                       what changed since a revision, hashes, acknowledgements
    history                                    the log of every move, undo and redo
    roles, tickets                             who may say and set what; what stands for a PIN
    health, reload                             how the console is, and its settings read again
    record, soundcheck                         every input to a gig, and a gig in place of the inputs
    cardrecorder, stick                        the same for apps that know the desk's own recorders
    loudness                                   eight meters of loudness, on any strip or pair
    calls, limiting                            help for a musician, and whose ears' limiter works
    pictures                                   the curve of an EQ from the coefficients in use, an effect as a picture
    tempo                                      taps, and effects that follow them
    errors, help                               reasons, and the console explaining itself
    whois, lines                               who the console is, and nodes as lines of text

Each is a `family`: addresses, what each does, and a sentence of help beside it; `dialect` joins them.
"""
