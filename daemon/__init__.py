"""The daemon: sockets, files, devices and the values of the console."""
