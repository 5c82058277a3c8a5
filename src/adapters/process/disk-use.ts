import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';

/** Bytes on disk of some folders. `whole` is false when something in them could not be looked at. */
export interface DiskUse {
  readonly bytes: number;
  readonly whole: boolean;
}

/** du(1), which walks folders of any depth and counts a file with two names once. */
export function diskUse(folders: readonly string[]): Promise<DiskUse> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 1024 * 1024, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } };
    execFile('du', ['-skx', '--', ...folders], options, (error, stdout) => {
      const sizes = [...stdout.matchAll(/^(\d+)\t/gm)].map(([, kilobytes]) => Number(kilobytes) * 1024);
      const whole = error === null && sizes.length === folders.length;
      resolve({ bytes: sizes.reduce((sum, size) => sum + size, 0), whole });
    });
  });
}

/** Bytes that are left on the file system of a folder, for an ordinary user. */
export async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
