/** The implementation under test. */
export { default as ours } from 'node:tls';
