"""Devices and native code."""
