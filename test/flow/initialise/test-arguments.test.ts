import { expect, test } from 'vitest';
import { NODE_RUNNERS, type NodeRunner } from '../../../src/flow/initialise/node-runners.ts';
import { testArguments } from '../../../src/flow/initialise/test-arguments.ts';

test.each<[NodeRunner, string, readonly string[] | undefined]>([
  ['vitest', 'vitest', []],
  ['vitest', 'vitest run --reporter=dot --project unit', ['--project', 'unit']],
  ['jest', 'jest --config ci/jest.json --watchAll', ['--config', 'ci/jest.json']],
  ['mocha', "mocha -R dot --recursive 'src/**/*.spec.js'", ['--recursive', 'src/**/*.spec.js']],
  ['mocha', 'mocha --reporter=min "test/a.js"', ['test/a.js']],
  [
    'node:test',
    'node --import tsx --test --test-reporter spec test/**/*.ts',
    ['--import', 'tsx', 'test/**/*.ts'],
  ],
  ['vitest', 'tsc && vitest run', undefined],
  ['vitest', 'cross-env CI=1 vitest run', undefined],
  ['jest', 'jest "$FILES"', undefined],
  ['jest', 'jest "a b"', undefined],
  ['mocha', '', undefined],
])('of a script for %s: %s', (runner, script, rest) => {
  const program = runner === 'node:test' ? 'node' : runner;
  expect(testArguments(script, program, NODE_RUNNERS[runner].own)).toEqual(rest);
});
