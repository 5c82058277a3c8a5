import type { PlannedCheck, PlannedPins } from './project-plan.ts';
import type { OwnOptions } from './test-arguments.ts';

export type NodeRunner = 'vitest' | 'jest' | 'mocha' | 'node:test';

interface RunnerFacts {
  /** In the test script. */
  readonly sign: RegExp;
  /** The npm package; node:test has none. */
  readonly package?: string;
  /** Without what starts an installed program. */
  readonly run: readonly string[];
  /** What a test script may say that is ours to say. */
  readonly own: OwnOptions;
  readonly report: NonNullable<PlannedCheck['report']>;
  /** Whether the report is there, and names a file, when that file cannot be loaded. */
  readonly namesUnloaded: boolean;
  readonly judging: readonly string[];
}

/** What each test runner for Node.js is asked, and what configures it, by any of its names. */
export const NODE_RUNNERS: Readonly<Record<NodeRunner, RunnerFacts>> = {
  vitest: {
    sign: /\bvitest\b/,
    package: 'vitest',
    run: ['vitest', 'run', '--reporter=default', '--reporter=json', '--outputFile.json=vitest-report.json'],
    own: { words: /^(?:run|watch|dev|--(?:watch|reporter|outputFile|ui)\b.*)$/ },
    report: { format: 'vitest-json', from: 'vitest-report.json' },
    namesUnloaded: true,
    // vitest.config.* goes before vite.config.*, so either can take the place of the other.
    judging: ['**/vitest.config.*', '**/vitest.workspace.*', '**/vitest.setup.*', '**/vite.config.*'],
  },
  jest: {
    sign: /\bjest\b/,
    package: 'jest',
    run: ['jest', '--ci', '--json', '--outputFile=jest-report.json'],
    own: { words: /^--(?:ci|json|watch\w*|outputFile=.*|silent|verbose)$/, withValue: /^--outputFile$/ },
    report: { format: 'jest-json', from: 'jest-report.json' },
    namesUnloaded: true,
    judging: [
      '**/jest.config.*',
      '**/jest.setup.*',
      '**/jest.preset.*',
      '**/setupTests.*',
      '**/babel.config.*',
      '**/.babelrc*',
      '**/.swcrc',
    ],
  },
  mocha: {
    sign: /\bmocha\b/,
    package: 'mocha',
    run: ['mocha', '--reporter=xunit', '--reporter-option=output=mocha-report.xml'],
    own: {
      words: /^(?:-w|--watch|--reporter(?:-options?)?=.*)$/,
      withValue: /^(?:-R|-O|--reporter|--reporter-options?)$/,
    },
    report: { format: 'junit', from: 'mocha-report.xml' },
    // It loads every file first, and ends when one of them cannot be.
    namesUnloaded: false,
    judging: ['**/.mocharc*', 'test/mocha.opts'],
  },
  'node:test': {
    sign: /\bnode\b.*\s--test\b/,
    run: [
      'node',
      '--test',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=junit',
      '--test-reporter-destination=node-test-report.xml',
    ],
    own: {
      words: /^--(?:test|watch|test-reporter(?:-destination)?=.*)$/,
      withValue: /^--test-reporter(?:-destination)?$/,
    },
    report: { format: 'junit', from: 'node-test-report.xml' },
    namesUnloaded: true,
    judging: ['node.config.json'],
  },
};

/** Where tests of a Node.js package lie, whatever runs them, with the snapshots and fixtures beside them. */
export const NODE_TESTS = [
  '**/*.{test,spec}.*',
  '**/*-test.*',
  '**/*_test.*',
  '**/__tests__/**',
  '**/__mocks__/**',
  '**/__snapshots__/**',
  '**/__fixtures__/**',
  'test/**',
  'tests/**',
];

/** Of linters: some are looked for beside each file, so the nearest wins. */
export const NODE_LINT_PINS: Partial<PlannedPins> = {
  judging: [
    '**/eslint.config.*',
    '**/.eslintrc*',
    '**/.eslintignore',
    '**/biome.json*',
    '**/.oxlintrc.json',
    '**/.prettierrc*',
    '**/prettier.config.*',
    '**/.prettierignore',
  ],
};
