/** Runs the bench, and nothing but it, in the tests' own way: no test run ever takes it up. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['speech/bench.ts'], testTimeout: 0, hookTimeout: 60_000, reporters: ['default'] },
});
