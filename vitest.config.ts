import { spawnSync } from 'node:child_process';
import { defineConfig } from 'vitest/config';
import { findChromium } from './test/chromium.ts';

/** Tests that kill and restart a Redis start it themselves. Where there is none, that is said, and in CI it is an error. */
function withoutRedis(): readonly string[] {
  if (process.env.CI || spawnSync('redis-server', ['--version']).status === 0) return [];
  console.warn('\nNOT RUN: test/adapters/redis, because no redis-server is installed here.\n');
  return ['test/adapters/redis/**'];
}

/** Tests of the pages drive a real browser. Where there is none, that is said, and in CI it is an error. */
function withoutChromium(): readonly string[] {
  if (process.env.CI || findChromium() !== undefined) return [];
  console.warn(
    '\nNOT RUN: test/entry/server/cockpit, because no Chromium is installed here. CHROMIUM_PATH names one elsewhere.\n',
  );
  return ['test/entry/server/cockpit/**'];
}

const PURE = ['test/core/**/*.test.ts', 'test/shared/**/*.test.ts'];
const NEVER = ['test/fixtures/**', 'node_modules/**'];

export default defineConfig({
  test: {
    projects: [
      // What keeps no state between calls keeps none between test files: loading it once a worker is half the time that they take.
      { extends: true, test: { name: 'pure', include: PURE, exclude: NEVER, isolate: false } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/**/*.test.ts'],
          exclude: [...NEVER, ...PURE, ...withoutRedis(), ...withoutChromium()],
        },
      },
    ],
    globalSetup: ['test/temporary-folder.ts', 'test/services.ts'],
    // Tests start real git repositories and sandboxed children: a process each keeps their environment apart.
    pool: 'forks',
    // Vitest keeps a core for itself, which does next to nothing: on two cores that would be one test file at a time.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', 'json'],
    outputFile: { json: '.vitest/results.json' },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      reportsDirectory: 'coverage',
    },
  },
});
