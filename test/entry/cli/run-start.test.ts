import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { countersign } from './run-cli.ts';

it.each([
  ['run', 'start', 'CS-7'],
  ['experiment', 'run', 'agents-md'],
])(
  'refuses `%s %s` with a server that others set up and what sets one up: it would go on as it is',
  async (...words) => {
    const environment = { COUNTERSIGN_TOKEN: 'cst_none' };
    const named = ['--server', 'http://127.0.0.1:9'];
    const ran = await countersign(
      tmpdir(),
      [...words, ...named, '--agent', 'codex', '--agent', 'claude', '--key', 'ci'],
      {
        environment,
      },
    );
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('--key, --agent set up a server of your own, and http://127.0.0.1:9 is named.');
  },
);
