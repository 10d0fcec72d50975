/** Contract rows S1, S4: messages and extensions that do not decode. */
import { beforeAll } from 'vitest';
import { DECODE_FAULTS } from '../support/faults/decodes.ts';
import { prepare, runFaults } from '../support/faults/harness.ts';

beforeAll(prepare);
runFaults(DECODE_FAULTS);
