"""The technician's tools: what a screen or a command needs to find, name, test and report devices. No text for people.

    listing      port_rows(ports, bindings, station_pid=...) -> (PortRow, ...)      ports without opening them
    identify     await identify(port, progress=...) -> Identification                  what is behind a port, <= 25 s
    audible      await beep_ff68 / switch_relay / scan_strip                            what has no question: ask a person
    monitor      Monitor(protocol): since(cursor), tail, save; tapped(monitor) for Link bytes on a line, redacted
    tapping      Taps: transport, watching(port, monitor)                               a port in use, heard by monitors
    frames       names(protocol), frame(protocol, name, address)                        what may be sent by name
    modem        modem_lines(port) -> ModemLines                                        DTR and RTS switched, the rest read
    pieces       pieces_of(binding), await try_piece(rig, name, texts) -> Shown         one sample, slip, light, card ...
    line         async with opened(port, line, monitor=...) as OpenLine                 raw bytes of a technician
    rig          async with rigged(binding, port, monitor=...) as Rig                   the house's driver on the bench
    loopback     await plug_test(port, ...), await loop_test(rig, ...) -> LoopFigures   errors and round trips
    keytest      KeyLesson(levels): heard(event), skip(), keys; pure                    which key means what
    outputs      display samples, self ticket, sentence, lamp, card, blink, self-test  what is seen and heard
    showing      Texts, Question, Answer, Ask                                       what a check shows and asks a person
    parameters   SettingsDesk(rig): read_all, write, change_baud, change_address        with commit and confirm
    addresses    AddressDesk, repair_addresses                                          two devices of one address
    checks       await check_device(...), await check_counter(...)                      internal, external, interactive
    report       Report, save, load, digest                                             what was done, for the files
    findings     of_error, of_identification, of_status -> Finding                      codes and values of sentences
    results      Outcome, Tried, Light                                                  what all tests give

The port must be the technician's: a running station is asked to let it go first. Everything that waits is a coroutine
of the caller's loop; errors are those of devices.errors.
"""
