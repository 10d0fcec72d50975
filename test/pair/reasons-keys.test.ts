/** Contract rows S1, S4, A9: shares, signatures, certificates and Finished that are against the rules. */
import { beforeAll } from 'vitest';
import { prepare, runFaults } from '../support/faults/harness.ts';
import { KEY_FAULTS } from '../support/faults/keys.ts';

beforeAll(prepare);
runFaults(KEY_FAULTS);
