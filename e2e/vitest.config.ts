import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['hearing/**/*.test.ts', 'network/**/*.test.ts', 'tests/**/*.test.ts'],
    // Sound is judged in real time and two cores carry two browsers at most: one file, one test at a time.
    fileParallelism: false,
    maxConcurrency: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['verbose', './tally.ts'],
  },
});
