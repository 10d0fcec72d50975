import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    // several tests run openssl or a whole command many times
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
