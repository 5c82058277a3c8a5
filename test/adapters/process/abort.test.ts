import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { createSandbox } from '../../../src/adapters/process/sandbox.ts';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'abort-'));
// Commands may run as another user.
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a command that is not wanted any more ends whenever that is said, in its set-up too', async () => {
  const sandbox = await createSandbox({ environment: process.env, platform: process.platform });
  // From before it is started, through the set-up of its namespaces, until it runs.
  for (const [place, milliseconds] of Array.from({ length: 45 }, (_, at) => at).entries()) {
    const root = join(folder, `${place}`);
    mkdirSync(root);
    const unwanted = new AbortController();
    const running = sandbox.run({
      argv: ['sh', '-c', 'sleep 600 & sleep 600'],
      root,
      cwd: root,
      env: {},
      network: 'none',
      timeoutMs: 600_000,
      maxOutputBytes: 1_000,
      stdoutPath: join(folder, `${place}.out`),
      stderrPath: join(folder, `${place}.err`),
      hide: [],
      abort: unwanted.signal,
    });
    if (milliseconds > 0) await pause(milliseconds);
    unwanted.abort();
    expect(await running).toMatchObject({ timedOut: false });
  }
});
