"""What a technician does on one PC: looks at ports and devices, borrows a port of the station, binds, tests, reports.

look        what the storage thread knows (rights, devices on the board, days), what the machine has (ports, bindings)
bus         addresses on a shared line: who should have which
bindings    changes of the bindings as pure functions, and putting them in force
station     asking the station: ports let go and taken back, cables exchanged, other bindings
workshop    the thread in which ports are opened; nothing of it runs where keys are read
visit       what was found, tested and changed in this visit, and the report of it
"""
