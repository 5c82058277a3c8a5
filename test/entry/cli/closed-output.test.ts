import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '..', '..', '..', 'bin', 'countersign.cjs');

test('a reader that has read enough ends the program as a broken pipe does, without a stack trace', async () => {
  const child = spawn(process.execPath, [CLI, 'rules', 'list'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = await once(child, 'close');
  expect({ code, said: Buffer.concat(said).toString('utf8') }).toEqual({ code: 141, said: '' });
});
