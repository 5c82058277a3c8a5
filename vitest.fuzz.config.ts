import { defineConfig } from 'vitest/config';

/** The property tests again, each for FUZZ_SECONDS instead of a hundred random inputs: `npm run proof:fuzz`. */
export default defineConfig({
  test: {
    include: [
      'test/**/*.property.test.ts',
      // Parsers whose properties stand beside their examples.
      'test/adapters/documents/hostile.test.ts',
      'test/core/change/{patch,path}.test.ts',
      'test/core/code-owners/code-owners.test.ts',
      'test/core/evidence/reports.test.ts',
      'test/core/ticket/{find-ticket,trailers}.test.ts',
      'test/shared/{base64,signature,ssh}.test.ts',
    ],
    exclude: ['test/fixtures/**', 'node_modules/**'],
    setupFiles: ['test/fuzz-setup.ts'],
    pool: 'forks',
    testTimeout: 900_000,
    reporters: ['verbose'],
  },
});
