/** Transcripts and key schedules. */
export * from './tls12.ts';
export * from './tls13.ts';
export { Transcript, type TranscriptHash } from './transcript.ts';
