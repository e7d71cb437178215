/* The HTP/1 rating pad on a PC: the core of htp1_pad.h behind a pseudo-terminal, with settings, lamps and sounds around it.
 *
 *   host [--serial S] [--address N] [--boot N] [--heart MS] [--keys N] [--bus] [--speed N: its time runs so much faster]
 *       prints "pty NAME", then obeys lines from standard input, one answer each, until it ends:
 *       press KEY [HELD_MS] | down KEY | up KEY | reset | tamper 0|1 | unlock | drop-acks N | state
 *   host --batch [the same]
 *       no line and no clock: besides the above, `at MS` moves time in steps of 10 ms and `jump MS` in one, `rx HEX` is the
 *       line's input, `decode HEX` and `encode HEX` (CTL ADDR TYPE SEQ PAYLOAD) are the framing alone. What was sent is in
 *       the answer.
 */
#define _XOPEN_SOURCE 600
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "htp1_box.h"

enum { STEP_MS = 10, LINE_MOST = 16384 };

struct host {
    struct box box; /* first, so that the pad's owner is both */
    struct htp1_rx ear; /* hears what the pad hears, to lose what it shall not */
    unsigned long drop_acks;
    uint8_t releasing;
    uint32_t up_at, speed;
    unsigned long bytes; /* heard, right or wrong */
    uint16_t rate;                    /* the setting that the line runs at: a new one after its reply */
    int master, hung_up;              /* -1 in batch mode; nobody has the line open */
    uint8_t sent[LINE_MOST / 2 - 64]; /* in batch mode, until the next answer */
    size_t sent_n;
};

/* ---- the line and the keys ---- */

static void hear(struct host *h, const uint8_t *data, size_t n, uint32_t now)
{
    for (; n--; data++) {
        if (htp1_rx_byte(&h->ear, *data) && h->drop_acks && h->ear.body[2] == HTP1_ACK) {
            h->drop_acks--; /* the line damages it */
            box_take(&h->box, HTP1_ESCAPE, now);
            box_take(&h->box, 0, now);
        }
        box_take(&h->box, *data, now);
        h->rate = h->box.settings[C_BAUD];
    }
}

static void pass(struct host *h, uint32_t now)
{
    if (h->releasing && (int32_t)(now - h->up_at) >= 0) {
        htp1_keys(&h->box.pad, (uint8_t)(h->box.pad.raw & ~h->releasing), h->up_at);
        h->releasing = 0;
    }
    box_tick(&h->box, now);
    h->rate = h->box.settings[C_BAUD];
}

static int at_our_rate(const struct host *h)
{
    static const struct { speed_t speed; uint16_t setting; } rates[] = {
        {B9600, 96}, {B19200, 192}, {B38400, 384}, {B57600, 576}, {B115200, 1152},
    };
    struct termios line;
    if (tcgetattr(h->master, &line))
        return 1;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        if (rates[i].speed == cfgetospeed(&line))
            return rates[i].setting == h->rate;
    return 0;
}

static void put(struct htp1_pad *pad, const uint8_t *wire, size_t n)
{
    struct host *h = pad->owner;
    if (h->master < 0) {
        n = n < sizeof h->sent - h->sent_n ? n : sizeof h->sent - h->sent_n;
        memcpy(h->sent + h->sent_n, wire, n);
        h->sent_n += n;
    } else if (!h->hung_up && at_our_rate(h) && write(h->master, wire, n) < 0 && errno != EIO && errno != EAGAIN) {
        perror("write");
    }
}

static void line_in(struct host *h, uint32_t now)
{
    uint8_t data[512];
    ssize_t n = read(h->master, data, sizeof data);
    for (ssize_t i = 0; i < n; i++)
        data[i] ^= at_our_rate(h) ? 0 : 0x55;
    h->bytes += n > 0 ? (unsigned long)n : 0;
    if (n > 0)
        hear(h, data, (size_t)n, now);
}

static int open_pty(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
    struct termios raw;
    if (master < 0 || grantpt(master) || unlockpt(master) || (slave = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0) {
        perror("pty");
        exit(1);
    }
    tcgetattr(slave, &raw);
    raw.c_iflag = raw.c_oflag = raw.c_lflag = 0;
    raw.c_cflag = CS8 | CREAD | CLOCAL;
    cfsetospeed(&raw, B9600);
    tcsetattr(slave, TCSANOW, &raw);
    close(slave);
    fcntl(master, F_SETFL, O_NONBLOCK);
    printf("pty %s\n", ptsname(master));
    return master;
}

/* ---- commands ---- */

static size_t unhex(const char *text, uint8_t *data, size_t most)
{
    size_t n = 0;
    unsigned byte;
    while (n < most && sscanf(text, "%2x", &byte) == 1) {
        data[n++] = (uint8_t)byte;
        text += 2;
    }
    return n;
}

static void show(const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%02x", data[i]);
}

static void framing(const char *command, const char *hex)
{
    uint8_t data[LINE_MOST / 2], wire[HTP1_WIRE_MAX];
    struct htp1_rx rx = {{0}, 0, 0, 0, 0};
    size_t n = unhex(hex, data, sizeof data);
    if (*command == 'e') {
        show(wire, n < 4 ? 0 : htp1_encode(wire, data, data + 4, (uint8_t)(n - 4)));
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (htp1_rx_byte(&rx, data[i])) {
            show(rx.body, HTP1_HEAD + (size_t)rx.body[4]);
            putchar(' ');
        }
    printf("bad=%u", rx.bad);
}

static void finger(struct host *h, char what, unsigned long key, uint32_t held, uint32_t now)
{
    uint8_t bit = key >= 1 && key <= HTP1_KEYS ? (uint8_t)(1u << (key - 1)) : 0, raw = h->box.pad.raw;
    htp1_keys(&h->box.pad, (uint8_t)(what == 'u' ? raw & ~bit : raw | bit), now);
    if (what == 'p') {
        h->releasing |= bit;
        h->up_at = now + held;
    }
}

static void obey(struct host *h, char *line, uint32_t *now)
{
    static uint8_t data[LINE_MOST / 2];
    char command[16] = "", word[LINE_MOST] = "";
    unsigned long held = 180, number;
    sscanf(line, "%15s %16383s %lu", command, word, &held);
    number = strtoul(word, NULL, 0);
    if (!strcmp(command, "at")) {
        for (; *now < number; pass(h, *now))
            *now = number - *now > STEP_MS ? *now + STEP_MS : (uint32_t)number;
    } else if (!strcmp(command, "jump")) {
        *now = (uint32_t)number;
        pass(h, *now);
    } else if (!strcmp(command, "rx")) {
        hear(h, data, unhex(word, data, sizeof data), *now);
    } else if (!strcmp(command, "decode") || !strcmp(command, "encode")) {
        framing(command, word);
    } else if (!strcmp(command, "down") || !strcmp(command, "up") || !strcmp(command, "press")) {
        finger(h, *command, number, (uint32_t)held, *now);
    } else if (!strcmp(command, "reset")) {
        box_reset(&h->box, *now);
    } else if (!strcmp(command, "tamper")) {
        h->box.case_open = number != 0;
        h->box.pad.flags = (uint8_t)(number ? h->box.pad.flags | HTP1_F_CASE : h->box.pad.flags & ~HTP1_F_CASE);
        htp1_fault(&h->box.pad, HTP1_TAMPER, h->box.case_open, 1);
    } else if (!strcmp(command, "unlock")) {
        htp1_unlock(&h->box.pad);
    } else if (!strcmp(command, "drop-acks")) {
        h->drop_acks = number;
    } else if (strcmp(command, "state")) {
        printf("error");
    }
    if (!strcmp(command, "state"))
        printf("state=%u wid=%u rating=%u acked=%d flags=%u boot=%u address=%u baud=%lu bytes=%lu", h->box.pad.state, h->box.pad.wid, h->box.pad.rating,
               h->box.pad.acked, h->box.pad.flags, h->box.pad.boot, h->box.pad.address, h->box.settings[C_BAUD] * 100ul, h->bytes);
    show(h->sent, h->sent_n);
    h->sent_n = 0;
    printf("\n");
    fflush(stdout);
}

static uint32_t milliseconds(const struct host *h)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return ((uint32_t)time.tv_sec * 1000u + (uint32_t)(time.tv_nsec / 1000000)) * h->speed;
}

/* Whole lines out of what standard input has; 0 at its end. */
static int commands_in(struct host *h)
{
    static char text[LINE_MOST];
    static size_t have;
    char *end;
    uint32_t now = milliseconds(h);
    ssize_t n = read(0, text + have, sizeof text - 1 - have);
    if (n <= 0)
        return 0;
    have += (size_t)n;
    text[have] = 0;
    while ((end = strchr(text, '\n'))) {
        *end++ = 0;
        obey(h, text, &now);
        have -= (size_t)(end - text);
        memmove(text, end, have + 1);
    }
    return 1;
}

static void live(struct host *h)
{
    struct pollfd wait[2] = {{0, POLLIN, 0}, {h->master, POLLIN, 0}};
    const struct timespec pause = {0, 5000000};
    for (;;) {
        if (poll(wait, 2, 5) < 0 && errno != EINTR)
            return;
        h->hung_up = (wait[1].revents & POLLHUP) != 0;
        if (wait[0].revents && !commands_in(h))
            return;
        if (wait[1].revents & POLLIN)
            line_in(h, milliseconds(h));
        else if (h->hung_up)
            nanosleep(&pause, NULL);
        pass(h, milliseconds(h));
    }
}

static void set_serial(struct host *h, const char *serial)
{
    size_t n = strlen(serial) < 12 ? strlen(serial) : 12;
    memset(h->box.pad.identity + 12, ' ', 12);
    memcpy(h->box.pad.identity + 12, serial, n);
}

static void configure(struct host *h, int count, char **words)
{
    memcpy(h->box.pad.identity, "PJ5-A   \2\1\4\2HT25A0000317", 24);
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : "0";
        unsigned long number = strtoul(value, NULL, 0);
        if (!strcmp(words[i], "--serial"))
            set_serial(h, value);
        else if (!strcmp(words[i], "--address"))
            h->box.kept[C_ADDRESS] = (uint16_t)number;
        else if (!strcmp(words[i], "--boot"))
            h->box.pad.boot = (uint16_t)number;
        else if (!strcmp(words[i], "--heart"))
            h->box.pad.heart_ms = (uint32_t)number;
        else if (!strcmp(words[i], "--keys"))
            h->box.kept[C_KEYS] = (uint16_t)number;
        else if (!strcmp(words[i], "--speed"))
            h->speed = (uint32_t)number;
        else if (!strcmp(words[i], "--bus"))
            h->box.kept[C_BUS] = 1;
    }
}

int main(int count, char **words)
{
    static struct host host = {
        .box = {.pad = {.boot = 0x5C1F, .caps = 0x003F, .supply_mv = 4980, .heart_ms = 10000, .put = put, .other = box_other},
                .kept = {0, 1, 96, 6, 30, 5, 0}},
        .master = -1,
        .speed = 1,
        .rate = 96,
    };
    static char line[LINE_MOST];
    uint32_t now = 0;
    host.box.pad.owner = &host;
    configure(&host, count, words);
    if (count > 1 && !strcmp(words[1], "--batch")) {
        box_begin(&host.box, now);
        while (fgets(line, sizeof line, stdin))
            obey(&host, line, &now);
        return 0;
    }
    host.master = open_pty();
    fflush(stdout);
    box_begin(&host.box, milliseconds(&host));
    live(&host);
    return 0;
}
