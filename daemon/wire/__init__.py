"""Bytes and clients: packets, addresses, leases."""
