/** Contract rows S1, S4: records, alerts and frames of messages that are against the rules. */
import { beforeAll } from 'vitest';
import { prepare, runFaults } from '../support/faults/harness.ts';
import { RECORD_FAULTS } from '../support/faults/records.ts';

beforeAll(prepare);
runFaults(RECORD_FAULTS);
