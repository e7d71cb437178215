"""The one background process of a PC: devices, rating windows, sync, backup, day end; acts on facts, speaks through facts."""
