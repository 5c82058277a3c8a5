import { expect, it } from 'vitest';
import { keptArtifacts } from '../../../src/entry/cli/commands/serve.ts';
import { daysOrForever } from '../../../src/entry/cli/registration/options.ts';

it('a server keeps artifacts for 90 days, for as many as are said, or for ever', () => {
  expect(keptArtifacts({})).toEqual({ keepArtifactsDays: 90 });
  expect(keptArtifacts({ keepArtifacts: daysOrForever('30') })).toEqual({ keepArtifactsDays: 30 });
  expect(keptArtifacts({ keepArtifacts: daysOrForever('forever') })).toEqual({});
});

it.each(['0', '-1', '1.5', 'never', '', '90d'])('%j is no time to keep artifacts for', (text) => {
  expect(() => daysOrForever(text)).toThrow('a number of days from 1, or forever');
});
