/** The implementation under test. */
export { default as ours } from '../../../src/lib/node/index.ts';
