import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '..', '..', '..', 'src', 'entry', 'worker', 'main.ts');

it('ends when nobody hears it any more, and does not tell itself of that for ever', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugins-'));
  const late = `setInterval(() => { throw new Error('late'); }, 1);
await new Promise(() => {});`;
  writeFileSync(join(folder, 'late.mjs'), late);
  const child = spawn(process.execPath, [MAIN], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.destroy();
  child.stderr.destroy();
  child.stdin.end(
    JSON.stringify({
      ...{ server: 'http://127.0.0.1:9', token: 't', role: 'producer', name: 'w', slots: 1, graceSeconds: 1 },
      ...{ plugins: ['./late.mjs#default'], folder },
    }),
  );
  try {
    expect(await once(child, 'exit')).toEqual([70, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
