export { openssl, type Finished, type RunOptions } from './peers.ts';
