/** Contract rows S1, S4, S5: PSKs, sessions, early data, and the ends of connections that are against the rules. */
import { beforeAll } from 'vitest';
import { END_FAULTS } from '../support/faults/ends.ts';
import { prepare, runFaults } from '../support/faults/harness.ts';

beforeAll(prepare);
runFaults(END_FAULTS);
