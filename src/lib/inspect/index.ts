/** What a file or a server has: every format recognised, who issued whom, what is odd. */
export { recognise, type RecogniseOptions } from './recognise.ts';
export { inspectObjects, type Inspection } from './findings.ts';
export { FINDINGS, type Finding, type FindingId, type InspectOptions, type Severity } from './finding.ts';
export { isServerCertificate } from './certificate-findings.ts';
export type { ChainNode, Chains } from './chains.ts';
export type { Found, FoundCertificate, FoundKey, Place } from './objects.ts';
