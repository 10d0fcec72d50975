/** Certificate compression (RFC 8879), as node:tls has it from Node 24 on. */

/** What certificates can be compressed by: nothing, as the engine sends them as they are. */
export const getCertificateCompressionAlgorithms = (): string[] => [];
