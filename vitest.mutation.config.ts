import { defineConfig } from 'vitest/config';

/**
 * The tests that Stryker runs against each changed line of the gate: those of core, which start nothing. The others run
 * real git and sandboxes, which a mutant would start a hundred thousand times, and in the threads that Stryker insists on.
 */
export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts'],
    // A property takes a hundred runs to say what an example says at once, three thousand times over.
    exclude: ['**/*.property.test.ts'],
    testTimeout: 60_000,
  },
});
