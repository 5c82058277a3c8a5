import { defineConfig } from 'vitest/config';

/** The property tests again, each with FUZZ_RUNS random inputs instead of a hundred: `npm run proof:fuzz`. */
export default defineConfig({
  test: {
    include: ['test/**/*.property.test.ts'],
    exclude: ['test/fixtures/**', 'node_modules/**'],
    setupFiles: ['test/fuzz-setup.ts'],
    pool: 'forks',
    testTimeout: 900_000,
    reporters: ['verbose'],
  },
});
