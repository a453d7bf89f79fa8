"""What fills the window.

    bridge     the meters of all strips
    help       keys and colours, over it
"""
