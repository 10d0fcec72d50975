/** Lengths of records, in octets. */

/** Content of a record (RFC 8446 section 5.1). */
export const MAX_PLAINTEXT: number = 2 ** 14;
/** What protection may add to a fragment: RFC 8446 section 5.2 and RFC 5246 section 6.2.3. */
export const MAX_EXPANSION_13 = 256;
export const MAX_EXPANSION_12 = 2048;
/** Lengths of handshake messages have 24 bits; what a hello needs at most with every extension it can hold. */
export const MAX_HELLO: number = 131_396;
