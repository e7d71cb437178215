/* HTP/1 rating pad: the core that runs in the pad and in the test. C99, no allocation, no clock, no I/O.
 *
 * The owner calls htp1_begin once, htp1_byte for every byte of the line, htp1_keys with the contacts (bit 0 is key 1) and
 * htp1_tick at least every 10 ms. Times are a free-running count of milliseconds that may wrap. `put` sends bytes;
 * `other` answers what is not in the core; it returns the size of its reply, HTP1_SILENT or HTP1_REFUSE(code).
 */
#ifndef HTP1_PAD_H
#define HTP1_PAD_H

#include "htp1_wire.h"

enum {
    HTP1_HELLO = 0x01, HTP1_PING, HTP1_OPEN, HTP1_CLOSE, HTP1_ACK = 0x10, HTP1_DISCOVER, HTP1_FETCH, HTP1_SETADDR = 0x0D,
    HTP1_RATE = 0x40, HTP1_KEY, HTP1_HEART, HTP1_FAULT, HTP1_NAK = 0x7F, HTP1_REPLY = 0x80
};
enum { HTP1_IDLE, HTP1_OPENED, HTP1_SPENT, HTP1_OK = 0, HTP1_NOT_THIS_WINDOW };
enum { HTP1_BAD_LENGTH = 1, HTP1_BAD_TYPE, HTP1_BUSY, HTP1_BAD_STATE, HTP1_BAD_RANGE, HTP1_LOCKED };
enum { HTP1_STUCK = 1, HTP1_FREED, HTP1_TAMPER, HTP1_TWO_KEYS, HTP1_TIMED_OUT };
enum { HTP1_F_OPEN = 1, HTP1_F_STUCK = 2, HTP1_F_CASE = 4, HTP1_F_UNLOCKED = 16, HTP1_F_RATING = 128 };
enum { HTP1_STUCK_MS = 8000, HTP1_POLLED_MS = 30000, HTP1_TRIES = 12, HTP1_KEYS = 8, HTP1_SPOOL = 8, HTP1_KEPT = 32 };
enum { HTP1_UNLOCK_MS = 5000, HTP1_UNLOCKED_MS = 600000 };
enum { HTP1_WINDOW_MOST_S = 60, HTP1_VOICE_MOST = 8, HTP1_REASON_MOST = 2 };
/* What a handler returns instead of the number of bytes of its reply. */
#define HTP1_SILENT (-1)
#define HTP1_REFUSE(code) (-1 - (code))

struct htp1_note { uint8_t type, seq, len, data[7]; };

struct htp1_pad {
    /* set by the owner before htp1_begin, and by settings */
    uint8_t address, nkeys, bus, debounce_ms;
    uint8_t identity[24]; /* as in HELLO_ACK: model 8, hardware 1, firmware 3, serial number 12, filled up with spaces */
    uint16_t boot, caps, supply_mv;
    uint32_t heart_ms;
    void (*put)(struct htp1_pad *pad, const uint8_t *wire, size_t n);
    int (*other)(struct htp1_pad *pad, uint8_t type, uint8_t seq, const uint8_t *in, uint8_t n, uint8_t *out);
    void *owner;
    /* the core's own */
    struct htp1_rx rx;
    uint8_t seq, flags, state, woken, polled;
    uint32_t heard; /* frames of the host, whoever they were for */
    uint16_t wid, rate_wid;
    uint32_t now, booted, opened, ends, next_heart, fetched, unlocked;
    uint8_t raw, down, spoiled, stuck;
    uint32_t raw_at, since[HTP1_KEYS];
    struct htp1_note rate, spool[HTP1_SPOOL];
    uint8_t rating, tries, spooled;
    int16_t acked; /* the code of the last ACK, -1 before the first */
    uint32_t next_try;
    uint8_t last_type, last_seq, last_reply, last_address, last_n, last[HTP1_KEPT]; /* last_reply 0: nothing kept */
};

/* ---- speaking ---- */

static int htp1_due(const struct htp1_pad *p, uint32_t at) { return (int32_t)(p->now - at) >= 0; }
static unsigned htp1_cap16(uint32_t ms) { return ms > 0xFFFF ? 0xFFFF : (unsigned)ms; }
static int htp1_quiet(const struct htp1_pad *p) { return p->bus || p->polled; }

static void htp1_at(struct htp1_pad *p, uint32_t now)
{
    p->now = now;
    if (p->polled && (int32_t)(now - p->fetched) >= HTP1_POLLED_MS)
        p->polled = 0;
}

static void htp1_send(struct htp1_pad *p, uint8_t flags, uint8_t from, uint8_t type, uint8_t seq, const uint8_t *data, uint8_t n)
{
    uint8_t wire[HTP1_WIRE_MAX], head[4];
    head[0] = (uint8_t)(HTP1_VERSION | HTP1_FROM_DEVICE | flags);
    head[1] = from, head[2] = type, head[3] = seq;
    p->put(p, wire, htp1_encode(wire, head, data, n));
}

static uint8_t htp1_next_seq(struct htp1_pad *p) { return p->seq = (uint8_t)(p->seq % 255 + 1); }

/* Said at once, kept for the next FETCH on a bus (the oldest is dropped), not at all before the host has spoken. */
static void htp1_say(struct htp1_pad *p, uint8_t type, const uint8_t *data, uint8_t n)
{
    uint8_t seq = htp1_next_seq(p);
    if (!p->woken)
        return;
    if (!htp1_quiet(p)) {
        htp1_send(p, 0, p->address, type, seq, data, n);
        return;
    }
    if (p->spooled == HTP1_SPOOL)
        memmove(p->spool, p->spool + 1, --p->spooled * sizeof p->spool[0]);
    struct htp1_note *note = &p->spool[p->spooled++];
    note->type = type, note->seq = seq, note->len = n;
    memcpy(note->data, data, n);
}

static void htp1_fault(struct htp1_pad *p, uint8_t code, unsigned detail, uint8_t n)
{
    uint8_t data[3] = {code, (uint8_t)detail, 0};
    if (n == 2)
        htp1_put16(data + 1, detail);
    htp1_say(p, HTP1_FAULT, data, (uint8_t)(1 + n));
}

/* ---- the window and its one rating ---- */

static void htp1_forget_rate(struct htp1_pad *p) { p->rating = 0; p->flags &= (uint8_t)~HTP1_F_RATING; }
static void htp1_shut(struct htp1_pad *p) { p->state = HTP1_IDLE; p->flags &= (uint8_t)~HTP1_F_OPEN; }

static int htp1_open(struct htp1_pad *p, const uint8_t *in, uint8_t *out)
{
    uint16_t wid = (uint16_t)htp1_get16(in);
    if (!wid || !in[2] || in[2] > HTP1_WINDOW_MOST_S || in[3] > HTP1_VOICE_MOST)
        return HTP1_REFUSE(HTP1_BAD_RANGE);
    if (p->state == HTP1_IDLE || p->wid != wid) {
        if (p->rating && p->rate_wid != wid)
            htp1_forget_rate(p);
        p->wid = wid;
        p->state = HTP1_OPENED;
        p->flags |= HTP1_F_OPEN;
        p->opened = p->now;
        p->ends = p->now + in[2] * 1000u;
        p->spoiled |= p->down | p->raw; /* every key must be seen up first */
    }
    out[0] = HTP1_OK;
    return 1;
}

static int htp1_close(struct htp1_pad *p, const uint8_t *in, uint8_t *out)
{
    if (in[2] > HTP1_REASON_MOST)
        return HTP1_REFUSE(HTP1_BAD_RANGE);
    out[0] = p->state != HTP1_IDLE && p->wid == htp1_get16(in) ? HTP1_OK : HTP1_NOT_THIS_WINDOW;
    if (out[0] == HTP1_OK)
        htp1_shut(p);
    return 1;
}

static void htp1_send_rate(struct htp1_pad *p, uint8_t flags)
{
    if (p->woken && !htp1_quiet(p))
        htp1_send(p, HTP1_ACK_REQ | flags, p->address, HTP1_RATE, p->rate.seq, p->rate.data, p->rate.len);
}

static void htp1_rated(struct htp1_pad *p, uint8_t key, uint32_t since, uint32_t held)
{
    p->state = HTP1_SPENT;
    p->flags |= HTP1_F_RATING;
    p->rating = p->tries = 1;
    p->next_try = p->now + 250;
    p->rate_wid = p->wid;
    p->rate.type = HTP1_RATE, p->rate.seq = htp1_next_seq(p), p->rate.len = 7;
    htp1_put16(p->rate.data, p->wid);
    p->rate.data[2] = key;
    htp1_put16(p->rate.data + 3, htp1_cap16(since - p->opened));
    htp1_put16(p->rate.data + 5, htp1_cap16(held));
    htp1_send_rate(p, 0);
}

static void htp1_resend(struct htp1_pad *p)
{
    static const uint16_t wait[] = {250, 500, 1000, 2000};
    if (!p->rating || !htp1_due(p, p->next_try) || htp1_quiet(p))
        return;
    if (p->tries >= HTP1_TRIES) {
        htp1_forget_rate(p);
        return;
    }
    htp1_send_rate(p, HTP1_RETRANSMIT);
    p->next_try = p->now + (p->tries < 4 ? wait[p->tries] : 5000u);
    p->tries++;
}

/* ---- keys ---- */

static void htp1_let_go(struct htp1_pad *p, uint8_t i)
{
    uint8_t bit = (uint8_t)(1u << i), spoiled = p->spoiled & bit, data[4];
    uint32_t held = p->raw_at - p->since[i];
    p->spoiled &= (uint8_t)~bit;
    if (p->stuck & bit) {
        p->stuck &= (uint8_t)~bit;
        if (!p->stuck)
            p->flags &= (uint8_t)~HTP1_F_STUCK;
        htp1_fault(p, HTP1_FREED, bit, 1);
    } else if (!spoiled && p->state == HTP1_OPENED) {
        htp1_rated(p, (uint8_t)(i + 1), p->since[i], held);
    } else if (!spoiled) {
        data[0] = (uint8_t)(i + 1);
        data[1] = p->state == HTP1_SPENT ? 2 : 1;
        htp1_put16(data + 2, htp1_cap16(held));
        htp1_say(p, HTP1_KEY, data, 4);
    }
}

static void htp1_settle(struct htp1_pad *p)
{
    uint8_t before = p->down, i;
    if (p->raw == before || p->now - p->raw_at < p->debounce_ms)
        return;
    p->down = p->raw;
    for (i = 0; i < HTP1_KEYS; i++)
        if (before & ~p->down & 1u << i)
            htp1_let_go(p, i);
    for (i = 0; i < HTP1_KEYS; i++)
        if (p->down & ~before & 1u << i)
            p->since[i] = p->raw_at;
    if (p->down & ~before && p->down & (p->down - 1)) { /* a new key, and not alone */
        p->spoiled |= p->down;
        htp1_fault(p, HTP1_TWO_KEYS, p->down, 1);
    }
}

static void htp1_find_stuck(struct htp1_pad *p)
{
    uint8_t fresh = 0;
    for (uint8_t i = 0; i < HTP1_KEYS; i++)
        if (p->down & ~p->stuck & 1u << i && p->now - p->since[i] > HTP1_STUCK_MS)
            fresh |= (uint8_t)(1u << i);
    if (!fresh)
        return;
    p->stuck |= fresh;
    p->flags |= HTP1_F_STUCK;
    htp1_fault(p, HTP1_STUCK, fresh, 1);
}

static void htp1_unlock(struct htp1_pad *p) { p->flags |= HTP1_F_UNLOCKED; p->unlocked = p->now; }

/* The first and the last key held for five seconds unlock the settings for ten minutes. */
static void htp1_locks(struct htp1_pad *p)
{
    uint32_t first = p->now - p->since[0], last = p->now - p->since[p->nkeys - 1];
    if (p->state == HTP1_IDLE && p->down == (1u | 1u << (p->nkeys - 1)) && (first < last ? first : last) >= HTP1_UNLOCK_MS)
        htp1_unlock(p);
    if (p->flags & HTP1_F_UNLOCKED && p->now - p->unlocked >= HTP1_UNLOCKED_MS)
        p->flags &= (uint8_t)~HTP1_F_UNLOCKED;
}

/* The contacts as they are now. */
static void htp1_keys(struct htp1_pad *p, uint8_t mask, uint32_t now)
{
    htp1_at(p, now);
    htp1_settle(p);
    if (mask != p->raw) {
        p->raw = mask;
        p->raw_at = now;
    }
}

/* ---- requests ---- */

static uint8_t htp1_hello(const struct htp1_pad *p, uint8_t *out)
{
    out[0] = 1; /* class: rating pad */
    memcpy(out + 1, p->identity, sizeof p->identity);
    htp1_put16(out + 25, p->boot);
    out[27] = p->nkeys;
    htp1_put16(out + 28, p->caps);
    return 30;
}

static uint8_t htp1_pong(const struct htp1_pad *p, uint8_t *out)
{
    out[0] = p->state, out[1] = p->flags;
    htp1_put16(out + 2, p->rx.bad);
    htp1_put32(out + 4, (p->now - p->booted) / 1000);
    htp1_put16(out + 8, p->supply_mv);
    return 10;
}

static int htp1_fetch(struct htp1_pad *p, uint8_t *out)
{
    struct htp1_note note = p->rate;
    p->polled = 1;
    p->fetched = p->now;
    out[0] = p->state, out[1] = p->flags;
    htp1_put16(out + 2, p->boot);
    if (!p->rating) {
        if (!p->spooled)
            return 4;
        note = p->spool[0];
        memmove(p->spool, p->spool + 1, --p->spooled * sizeof p->spool[0]);
    }
    out[4] = note.type, out[5] = note.seq;
    memcpy(out + 6, note.data, note.len);
    return 6 + note.len;
}

static int htp1_answer(struct htp1_pad *p, uint8_t type, uint8_t seq, const uint8_t *in, uint8_t n, uint8_t *out)
{
    static const int8_t length[] = {[HTP1_HELLO] = 1, [HTP1_PING] = 0, [HTP1_OPEN] = 4, [HTP1_CLOSE] = 3, [HTP1_FETCH] = 0};
    int core = type == HTP1_FETCH || (type >= HTP1_HELLO && type <= HTP1_CLOSE);
    if (core && n != length[type])
        return HTP1_REFUSE(HTP1_BAD_LENGTH);
    switch (type) {
    case HTP1_HELLO: return in[0] ? htp1_hello(p, out) : HTP1_REFUSE(HTP1_BAD_RANGE);
    case HTP1_PING: return htp1_pong(p, out);
    case HTP1_OPEN: return htp1_open(p, in, out);
    case HTP1_CLOSE: return htp1_close(p, in, out);
    case HTP1_FETCH: return htp1_fetch(p, out);
    case HTP1_ACK:
        if (n == 2 && p->rating && p->rate.seq == in[0]) {
            p->acked = in[1];
            htp1_forget_rate(p);
        }
        return HTP1_SILENT;
    default: return p->other ? p->other(p, type, seq, in, n, out) : HTP1_REFUSE(HTP1_BAD_TYPE);
    }
}

/* The reply is kept for a repetition, but a long LOOP is simply done again. */
static void htp1_keep(struct htp1_pad *p, uint8_t type, uint8_t seq, uint8_t reply, uint8_t from, const uint8_t *out, uint8_t n)
{
    p->last_type = type, p->last_seq = seq, p->last_address = from, p->last_n = n;
    p->last_reply = n <= HTP1_KEPT ? reply : 0;
    if (p->last_reply)
        memcpy(p->last, out, n);
}

static void htp1_request(struct htp1_pad *p, uint8_t ctl, uint8_t to, uint8_t type, uint8_t seq, const uint8_t *in, uint8_t n)
{
    uint8_t out[HTP1_PAYLOAD_MAX], from = p->address, reply = type | HTP1_REPLY;
    int wanted = to != HTP1_ALL && ctl & HTP1_ACK_REQ;
    if (ctl & HTP1_RETRANSMIT && p->last_reply && p->last_type == type && p->last_seq == seq) {
        if (wanted)
            htp1_send(p, 0, p->last_address, p->last_reply, seq, p->last, p->last_n);
        return;
    }
    int size = htp1_answer(p, type, seq, in, n, out);
    if (size == HTP1_SILENT || !wanted)
        return;
    if (size < 0) {
        out[0] = type;
        out[1] = (uint8_t)(-1 - size);
        reply = HTP1_NAK;
        size = 2;
    } else if (type == HTP1_SETADDR) {
        from = p->address;
    }
    htp1_keep(p, type, seq, reply, from, out, (uint8_t)size);
    htp1_send(p, 0, from, reply, seq, out, (uint8_t)size);
}

/* ---- what the owner calls ---- */

/* After power-on: everything but the owner's fields is forgotten, and the pad is silent. */
static void htp1_begin(struct htp1_pad *p, uint32_t now)
{
    memset((char *)p + offsetof(struct htp1_pad, rx), 0, sizeof *p - offsetof(struct htp1_pad, rx));
    p->now = p->booted = now;
    p->acked = -1;
    p->seq = (uint8_t)p->boot; /* so that numbers differ from those before the reset */
}

/* A byte of the line. */
static void htp1_byte(struct htp1_pad *p, uint8_t byte, uint32_t now)
{
    const uint8_t *body = p->rx.body;
    htp1_at(p, now);
    if (!htp1_rx_byte(&p->rx, byte) || body[0] & HTP1_FROM_DEVICE)
        return; /* another device, or our own echo */
    p->heard++;
    if (body[1] != p->address && body[1] != HTP1_ALONE && body[1] != HTP1_ALL)
        return;
    if (!p->woken)
        p->next_heart = now + p->heart_ms;
    p->woken = 1;
    htp1_request(p, body[0], body[1], body[2], body[3], body + HTP1_HEAD, body[4]);
}

static void htp1_heart(struct htp1_pad *p)
{
    uint8_t data[8];
    if (!p->woken || !htp1_due(p, p->next_heart))
        return;
    p->next_heart = p->now + p->heart_ms;
    if (htp1_quiet(p))
        return;
    data[0] = p->state, data[1] = p->flags;
    htp1_put16(data + 2, p->boot);
    htp1_put32(data + 4, (p->now - p->booted) / 1000);
    htp1_say(p, HTP1_HEART, data, 8);
}

/* Time has passed. */
static void htp1_tick(struct htp1_pad *p, uint32_t now)
{
    htp1_at(p, now);
    htp1_settle(p);
    htp1_find_stuck(p);
    htp1_locks(p);
    if (p->state != HTP1_IDLE && htp1_due(p, p->ends)) {
        if (p->state == HTP1_OPENED)
            htp1_fault(p, HTP1_TIMED_OUT, p->wid, 2);
        htp1_shut(p);
    }
    htp1_resend(p);
    htp1_heart(p);
}

#endif
