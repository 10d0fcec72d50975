/** OpenSSL's SSL_OP_ bits that mean something here, as `secureOptions` has them. */
export const OP = {
  noExtendedMasterSecret: 0x1,
  legacyServerConnect: 0x4,
  allowNoDheKex: 0x400,
  dontInsertEmptyFragments: 0x800,
  noTicket: 0x4000,
  legacyRenegotiation: 0x4_0000,
  noEncryptThenMac: 0x8_0000,
  serverPreference: 0x40_0000,
  noRenegotiation: 0x4000_0000,
} as const;

/** The bits of a number that OpenSSL has defined: its low 32, as JavaScript's operators see them. */
export const lowBits = (options: number): number => Number(BigInt.asIntN(32, BigInt(options)));

/** Whether a bit is set. */
export const has = (options: number, bit: number): boolean => (options & bit) !== 0;
