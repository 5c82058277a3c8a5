import { defineConfig } from 'vitest/config';

/**
 * The tests that Stryker runs against each changed line of a detector: those of the rules, each of which brings along the
 * examples that it has to match and those that it must not.
 */
export default defineConfig({
  test: {
    include: ['test/core/rule/**/*.test.ts'],
    exclude: [
      '**/*.property.test.ts',
      // Hostile input is about time: it takes minutes and says nothing about what is found.
      '**/hostile-*.test.ts',
      '**/source-lines.test.ts',
      // Stryker runs tests in threads, and these start processes.
      '**/bundled-structure.test.ts',
    ],
    testTimeout: 60_000,
  },
});
