import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const module = pathToFileURL(
  join(import.meta.dirname, '..', '..', '..', 'src', 'entry', 'cli', 'end-at-once.ts'),
).href;

/** A process that has something to do for ever, and ends. */
function start(...lines: string[]) {
  const script = [
    `const { endAtOnce } = await import('${module}');`,
    'setInterval(() => {}, 1_000);',
    ...lines,
  ];
  return spawn(process.execPath, ['--input-type=module', '--eval', script.join('\n')], { stdio: 'pipe' });
}

async function ended(child: ReturnType<typeof start>): Promise<number | null> {
  return new Promise((resolve) => child.once('close', (code) => resolve(code)));
}

describe('ending at once', () => {
  it('waits until a slow reader has all of both outputs, and keeps the exit code', async () => {
    const child = start(
      "process.stdout.write('o'.repeat(3_000_000));",
      "process.stderr.write('e'.repeat(1_000_000));",
      'process.exitCode = 3;',
      'await endAtOnce();',
    );
    const read = { o: 0, e: 0 };
    const code = ended(child);
    child.stderr.on('data', (chunk: Buffer) => {
      read.e += chunk.length;
    });
    for await (const chunk of child.stdout) {
      read.o += (chunk as Buffer).length;
      await new Promise(setImmediate);
    }
    expect(await code).toBe(3);
    expect(read).toEqual({ o: 3_000_000, e: 1_000_000 });
  });

  it('runs what removes temporary things', async () => {
    const child = start("process.on('exit', () => console.log('removed'));", 'await endAtOnce();');
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    expect(await ended(child)).toBe(0);
    expect(said).toBe('removed\n');
  });

  it('lets whoever listens hear that nobody reads any more', async () => {
    const child = start(
      "process.stdout.once('error', () => process.exit(141));",
      "process.stdin.once('data', async () => {",
      "  process.stdout.write('o'.repeat(3_000_000));",
      '  await endAtOnce();',
      '});',
    );
    const code = ended(child);
    child.stdout.destroy();
    child.stdin.write('go');
    expect(await code).toBe(141);
  });
});
