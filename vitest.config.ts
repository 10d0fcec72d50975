import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // much of the time goes into waiting for programs that tests start: every core takes a file at a time
    maxWorkers: availableParallelism(),
    globalSetup: ['test/support/build.ts'],
    // several tests run openssl or a whole command many times
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
