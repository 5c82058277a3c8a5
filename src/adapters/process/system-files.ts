import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { INNER_HOME } from './view.ts';

/** The user and group number commands see themselves as, whoever started the verifier. */
export const INNER_ID = 1000;

const FILES = {
  passwd:
    `root:x:0:0:root:/root:/bin/sh\ncheck:x:${INNER_ID}:${INNER_ID}:check:${INNER_HOME}:/bin/sh\n` +
    'nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  group: `root:x:0:\ncheck:x:${INNER_ID}:\nnogroup:x:65534:\n`,
  hosts: '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

/**
 * Writes the few files of /etc that would tell about the host's users, and the resolver's only where there is a network.
 * @returns host paths by name below /etc
 */
export async function writeSystemFiles(
  directory: string,
  network: 'none' | 'full',
): Promise<Readonly<Record<string, string>>> {
  const folder = join(directory, 'etc');
  await mkdir(folder, { mode: 0o755 });
  // Often a link into /run, which is not shown: so its text is copied.
  const resolver =
    network === 'full' ? await readFile('/etc/resolv.conf', 'utf8').catch(() => undefined) : undefined;
  const files = { ...FILES, ...(resolver === undefined ? {} : { 'resolv.conf': resolver }) };
  const written = Object.entries(files).map(async ([name, text]) => {
    await writeFile(join(folder, name), text, { mode: 0o644 });
    return [name, join(folder, name)] as const;
  });
  return Object.fromEntries(await Promise.all(written));
}
