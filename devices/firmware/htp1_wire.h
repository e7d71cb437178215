/* HTP/1 framing: bytes of the line to frames and back. C99, no allocation. docs/HTP1.md is the standard. */
#ifndef HTP1_WIRE_H
#define HTP1_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HTP1_FLAG = 0x7E, HTP1_ESCAPE = 0x7D, HTP1_XON = 0x11, HTP1_XOFF = 0x13 };
enum { HTP1_VERSION = 0x40, HTP1_VERSION_MASK = 0xF8, HTP1_ACK_REQ = 1, HTP1_RETRANSMIT = 2, HTP1_FROM_DEVICE = 4 };
enum { HTP1_ALONE = 0xFE, HTP1_ALL = 0xFF };
enum { HTP1_HEAD = 5, HTP1_PAYLOAD_MAX = 200, HTP1_BODY_MAX = 207, HTP1_WIRE_MAX = 2 + 2 * HTP1_BODY_MAX };

struct htp1_rx {
    uint8_t body[HTP1_BODY_MAX], n, in_body, escaping;
    uint16_t bad; /* frames with a wrong check sum, length or escape */
};

static void htp1_put16(uint8_t *out, unsigned value) { out[0] = (uint8_t)(value >> 8); out[1] = (uint8_t)value; }
static unsigned htp1_get16(const uint8_t *in) { return (unsigned)in[0] << 8 | in[1]; }
static void htp1_put32(uint8_t *out, uint32_t value) { htp1_put16(out, value >> 16); htp1_put16(out + 2, value & 0xFFFF); }

static uint16_t htp1_crc(const uint8_t *data, size_t n)
{
    uint16_t crc = 0xFFFF;
    while (n--) {
        crc ^= (uint16_t)(*data++ << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

static uint8_t htp1_escape(uint8_t byte)
{
    return byte == HTP1_FLAG ? 2 : byte == HTP1_ESCAPE ? 1 : byte == HTP1_XON ? 3 : byte == HTP1_XOFF ? 4 : 0;
}

static int htp1_unescape(uint8_t code)
{
    static const uint8_t plain[] = {0, HTP1_ESCAPE, HTP1_FLAG, HTP1_XON, HTP1_XOFF};
    return code >= 1 && code <= 4 ? plain[code] : -1;
}

/* `wire` has room for HTP1_WIRE_MAX bytes; returns how many were used. */
static size_t htp1_encode(uint8_t *wire, const uint8_t head[4], const uint8_t *payload, uint8_t len)
{
    uint8_t body[HTP1_BODY_MAX];
    size_t n = HTP1_HEAD + (size_t)len, used = 0;
    memcpy(body, head, 4);
    body[4] = len;
    if (len)
        memcpy(body + HTP1_HEAD, payload, len);
    uint16_t crc = htp1_crc(body, n);
    body[n++] = (uint8_t)(crc >> 8);
    body[n++] = (uint8_t)crc;
    wire[used++] = HTP1_FLAG;
    for (size_t i = 0; i < n; i++) {
        uint8_t code = htp1_escape(body[i]);
        if (code)
            wire[used++] = HTP1_ESCAPE;
        wire[used++] = code ? code : body[i];
    }
    wire[used++] = HTP1_FLAG;
    return used;
}

static int htp1_good(struct htp1_rx *rx, uint8_t n)
{
    if (n < HTP1_HEAD + 2 || rx->body[4] != n - HTP1_HEAD - 2 ||
        htp1_crc(rx->body, n - 2u) != htp1_get16(rx->body + n - 2)) {
        rx->bad++;
        return 0;
    }
    return (rx->body[0] & HTP1_VERSION_MASK) == HTP1_VERSION;
}

/* 1 when this byte completed a good frame: CTL ADDR TYPE SEQ LEN PAYLOAD in rx->body, until the next byte. */
static int htp1_rx_byte(struct htp1_rx *rx, uint8_t byte)
{
    if (byte == HTP1_FLAG) {
        uint8_t n = rx->n, cut = rx->escaping;
        rx->n = rx->escaping = 0;
        rx->in_body = 1;
        rx->bad = (uint16_t)(rx->bad + cut);
        return !cut && n && htp1_good(rx, n);
    }
    if (!rx->in_body || byte == HTP1_XON || byte == HTP1_XOFF)
        return 0; /* noise, or flow control that an adapter put in */
    if (byte == HTP1_ESCAPE && !rx->escaping) {
        rx->escaping = 1;
        return 0;
    }
    int plain = rx->escaping ? htp1_unescape(byte) : byte;
    rx->escaping = 0;
    if (plain < 0 || rx->n == HTP1_BODY_MAX) {
        rx->bad++;
        rx->n = rx->in_body = 0;
    } else {
        rx->body[rx->n++] = (uint8_t)plain;
    }
    return 0;
}

#endif
