/* What a pad does besides htp1_pad.h: settings with fall-back, addresses, self-test, loop, discovery, reset. */
#ifndef HTP1_BOX_H
#define HTP1_BOX_H

#include "htp1_pad.h"

enum { T_IDLE = 0x05, T_PROMPT, T_LED, T_CFG_GET = 0x09, T_CFG_SET, T_COMMIT, T_SELFTEST, T_SETADDR, T_LOOP, T_RESET };
enum { C_ADDRESS = 1, C_BAUD, C_VOLUME, C_DEBOUNCE, C_KEYS, C_BUS, C_END };
enum { STARS_MOST = 5, VOLUME_MOST = 10, VOLUME_AS_SET = 0xFF, PATTERN_MOST = 4, PART_MOST = 3, SLOTS_MOST = 64 };
enum { FALL_BACK_MS = 10000, SLOT_BITS = 576 };

struct box {
    struct htp1_pad pad;
    uint16_t settings[C_END], kept[C_END];
    uint8_t case_open, reset_due, slot_pending, slot_seq, fall_back_pending;
    uint16_t old_baud;
    uint32_t slot_at, fall_back_at, fall_back_heard;
};

/* ---- settings ---- */

static void box_apply(struct box *b)
{
    b->pad.address = (uint8_t)b->settings[C_ADDRESS];
    b->pad.debounce_ms = (uint8_t)b->settings[C_DEBOUNCE];
    b->pad.nkeys = (uint8_t)b->settings[C_KEYS];
    b->pad.bus = (uint8_t)b->settings[C_BUS];
}

static int box_allowed(unsigned key, unsigned value)
{
    static const struct { uint16_t least, most; } range[C_END] = {
        {1, 0}, {1, 0xF7}, {96, 1152}, {0, VOLUME_MOST}, {10, 100}, {3, 5}, {0, 1},
    };
    if (!key || key >= C_END || value < range[key].least || value > range[key].most)
        return 0;
    return key != C_BAUD || value == 96 || value == 192 || value == 384 || value == 576 || value == 1152;
}

static int box_set(struct box *b, unsigned key, unsigned value, uint8_t *out)
{
    if (b->pad.state != HTP1_IDLE)
        return HTP1_REFUSE(HTP1_BAD_STATE);
    if (!(b->pad.flags & HTP1_F_UNLOCKED))
        return HTP1_REFUSE(HTP1_LOCKED);
    if (!box_allowed(key, value))
        return HTP1_REFUSE(HTP1_BAD_RANGE);
    if (key == C_BAUD && value != b->settings[C_BAUD]) {
        b->old_baud = b->settings[C_BAUD];
        b->fall_back_pending = 1;
        b->fall_back_at = b->pad.now + FALL_BACK_MS;
        b->fall_back_heard = b->pad.heard;
    }
    b->settings[key] = (uint16_t)value;
    box_apply(b);
    out[0] = HTP1_OK;
    return 1;
}

static int box_commit(struct box *b, const uint8_t *in, uint8_t *out)
{
    if (!(b->pad.flags & HTP1_F_UNLOCKED))
        return HTP1_REFUSE(HTP1_LOCKED);
    if (in[0] != 'C' || in[1] != 'M')
        return HTP1_REFUSE(HTP1_BAD_RANGE);
    memcpy(b->kept, b->settings, sizeof b->kept);
    out[0] = HTP1_OK;
    return 1;
}

static int box_set_address(struct box *b, const uint8_t *in, uint8_t *out)
{
    if (memcmp(in + 1, b->pad.identity + 12, 12))
        return HTP1_SILENT;
    if (!box_allowed(C_ADDRESS, in[0]))
        return HTP1_REFUSE(HTP1_BAD_RANGE);
    b->settings[C_ADDRESS] = b->kept[C_ADDRESS] = in[0];
    box_apply(b);
    out[0] = HTP1_OK;
    return 1;
}

static int box_self_test(struct box *b, uint8_t part, uint8_t *out)
{
    if (b->pad.state != HTP1_IDLE)
        return HTP1_REFUSE(HTP1_BAD_STATE);
    if (part > PART_MOST)
        return HTP1_REFUSE(HTP1_BAD_RANGE);
    out[0] = part;
    out[1] = part ? 3 : 0; /* shown to whoever looks; passed */
    return 2;
}

static int box_discover(struct box *b, uint8_t slots, uint8_t seq)
{
    if (slots < 1 || slots > SLOTS_MOST)
        return HTP1_SILENT;
    uint32_t baud = b->settings[C_BAUD] * 100u, slot_ms = (SLOT_BITS * 1000u + baud - 1) / baud;
    b->slot_at = b->pad.now + htp1_crc(b->pad.identity + 12, 12) % slots * slot_ms;
    b->slot_seq = seq;
    b->slot_pending = 1;
    return HTP1_SILENT;
}

/* ---- what the core does not answer ---- */

static int box_done_if(int in_range, uint8_t *out)
{
    out[0] = HTP1_OK;
    return in_range ? 1 : HTP1_REFUSE(HTP1_BAD_RANGE);
}

static int box_other(struct htp1_pad *pad, uint8_t type, uint8_t seq, const uint8_t *in, uint8_t n, uint8_t *out)
{
    static const int8_t length[] = {-1, -1, -1, -1, -1, -1, 2, 3, -1, 1, 3, 2, 1, 13, -1, 0, -1, 1};
    struct box *b = pad->owner;
    int8_t fixed = type < sizeof length ? length[type] : -1;
    if ((fixed >= 0 && n != fixed) || (type == T_IDLE && !n))
        return type == T_SETADDR || type == HTP1_DISCOVER ? HTP1_SILENT : HTP1_REFUSE(HTP1_BAD_LENGTH);
    switch (type) {
    case T_IDLE: return box_done_if(in[0] <= STARS_MOST, out);
    case T_PROMPT: return box_done_if(in[0] <= HTP1_VOICE_MOST && (in[1] <= VOLUME_MOST || in[1] == VOLUME_AS_SET), out);
    case T_LED: return box_done_if(in[1] <= PATTERN_MOST, out);
    case T_CFG_GET:
        if (!in[0] || in[0] >= C_END)
            return HTP1_REFUSE(HTP1_BAD_RANGE);
        out[0] = in[0];
        htp1_put16(out + 1, b->settings[in[0]]);
        return 3;
    case T_CFG_SET: return box_set(b, in[0], htp1_get16(in + 1), out);
    case T_COMMIT: return box_commit(b, in, out);
    case T_SELFTEST: return box_self_test(b, in[0], out);
    case T_SETADDR: return box_set_address(b, in, out);
    case T_LOOP: memcpy(out, in, n); return n;
    case T_RESET: b->reset_due = 1; return box_done_if(1, out);
    case HTP1_DISCOVER: return box_discover(b, in[0], seq);
    default: return HTP1_REFUSE(HTP1_BAD_TYPE);
    }
}

/* ---- the device in time ---- */

static void box_begin(struct box *b, uint32_t now)
{
    memcpy(b->settings, b->kept, sizeof b->settings);
    box_apply(b);
    b->reset_due = b->slot_pending = b->fall_back_pending = 0;
    htp1_begin(&b->pad, now);
    b->pad.flags = b->case_open ? HTP1_F_CASE : 0;
}

static void box_reset(struct box *b, uint32_t now)
{
    b->pad.boot++;
    box_begin(b, now);
}

static void box_take(struct box *b, uint8_t byte, uint32_t now)
{
    htp1_byte(&b->pad, byte, now);
    if (b->pad.heard != b->fall_back_heard)
        b->fall_back_pending = 0;
    if (b->reset_due)
        box_reset(b, now);
}

static void box_tick(struct box *b, uint32_t now)
{
    uint8_t out[HTP1_PAYLOAD_MAX];
    htp1_tick(&b->pad, now);
    if (b->fall_back_pending && htp1_due(&b->pad, b->fall_back_at)) {
        b->settings[C_BAUD] = b->old_baud;
        b->fall_back_pending = 0;
    }
    if (b->slot_pending && htp1_due(&b->pad, b->slot_at)) {
        b->slot_pending = 0;
        htp1_send(&b->pad, 0, b->pad.address, HTP1_HELLO | HTP1_REPLY, b->slot_seq, out, htp1_hello(&b->pad, out));
    }
}

#endif
