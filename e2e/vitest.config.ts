import { configDefaults, defineConfig } from 'vitest/config';

/** What people see: these may take turns on the processor. */
const SEEN = [
  'tests/dashboard/**/*.test.ts',
  ...['check', 'demo', 'documented-examples', 'end-status', 'errors', 'screens'].map(name => `tests/${name}.test.ts`),
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['verbose', './tally.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'seen', include: SEEN, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        // Sound is judged in real time and two cores carry two browsers at most: one file, one test at a time.
        test: {
          name: 'heard',
          include: ['hearing/**/*.test.ts', 'network/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SEEN],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
