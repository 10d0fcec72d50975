import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // much of the time goes into waiting for programs that tests start: every core takes a file at a time
    maxWorkers: availableParallelism(),
    globalSetup: ['test/support/build.ts'],
    // a limit for what hangs: several tests run openssl or a whole command many times, perhaps beside other work
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
