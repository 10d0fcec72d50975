/** Contract rows S1, S4: hellos, extensions and renegotiations that are against the rules. */
import { beforeAll } from 'vitest';
import { prepare, runFaults } from '../support/faults/harness.ts';
import { HELLO_FAULTS } from '../support/faults/hellos.ts';

beforeAll(prepare);
runFaults(HELLO_FAULTS);
