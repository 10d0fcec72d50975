/** The implementation under test: node:tls itself, until the list of known differences is whole. */
export { default as ours } from 'node:tls';
