"""One file per family of addresses: what a message does that is not a parameter of the table.

    xremote, subscriptions, polls, meterfeed   what clients are told, and how often
    actions, talkback                          buttons, and talkback that closes by itself
    storage, scenes, stores                    save, load, preview, partial recall, fades
    listen                                     a solo that only one client hears
    errors, help, help_texts                   reasons, and the console explaining itself

Each family is a mapping from address to a function of (message, client); `dialect` joins them.
"""
