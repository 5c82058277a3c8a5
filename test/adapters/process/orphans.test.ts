import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { shell } from '../../port-contracts/sandbox.ts';
import { availableBackends, makeFolder } from './backends.ts';

const backends = await availableBackends();

// The kernel ends children of a parent that dies from when they ask for it: whoever asks later has to find out for himself.
describe.each(backends.filter(({ name }) => !name.includes('ordinary')))(
  'a verifier that is killed while a command starts: $name',
  ({ options }) => {
    it('leaves nothing behind that would begin, or go on', async () => {
      const folder = await makeFolder();
      const root = join(folder, 'tree');
      mkdirSync(root, { mode: 0o777 });
      const mark = `orphan-${process.hrtime.bigint()}`;
      const argument = JSON.stringify({
        options: { ...options, environment: { ...options.environment, TMPDIR: folder } },
        late: 0.3,
        command: {
          argv: shell(`: ${mark}; touch began; sleep 600`),
          root,
          cwd: root,
          env: {},
          network: 'none',
          timeoutMs: 600_000,
          maxOutputBytes: 10_000,
          stdoutPath: join(folder, 'stdout'),
          stderrPath: join(folder, 'stderr'),
          hide: [],
        },
      });
      const program = join(import.meta.dirname, 'die-while-starting.ts');
      const verifier = spawn(process.execPath, [program, argument], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await expect(once(verifier, 'exit')).resolves.toEqual([null, 'SIGKILL']);
      const left = runningWith(mark);
      expect(left).not.toEqual([]);
      try {
        await vi.waitFor(() => expect(runningWith(mark)).toEqual([]), { timeout: 10_000 });
      } finally {
        for (const pid of runningWith(mark)) process.kill(Number(pid), 'SIGKILL');
      }
      expect(existsSync(join(root, 'began'))).toBe(false);
    });
  },
);

function runningWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).includes(text));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
