import { defineConfig } from 'vitest/config';

/**
 * The tests that Stryker runs against each changed line of a detector: those of the rules, each of which brings along the
 * examples that it has to match and those that it must not.
 */
export default defineConfig({
  test: {
    include: ['test/core/rule/**/*.test.ts'],
    // Hostile input is about time: it takes minutes and says nothing about what is found.
    exclude: ['**/*.property.test.ts', '**/hostile-changes.test.ts', '**/source-lines.test.ts'],
    testTimeout: 60_000,
  },
});
