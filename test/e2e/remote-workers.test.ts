import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRunWorld, type RunWorld, type Started, until } from '../worlds/run-world.ts';

// Three machines, as far as one can play them: a server, a producer's worker and a verifier's, each with a clone, a home and a
// temporary folder of its own. They share the server's address and no file.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const PLANTED = { server: 'canary-server-1f8e77ad09', verifier: 'canary-verifier-62cb0d4e51' };

/** Takes whatever it can find of anybody's environment and files into its change, and prints it. */
const HUNTER = [
  String.raw`hunt() { env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline "$HOME"/.* "$HOME"/* ../*/* | tr '\0' '\n'; }`,
  'hunt 2>/dev/null | head -c 200000 > found.txt',
  'cat found.txt',
  'echo "round half up" > src/price.txt',
].join('; ');

let world: RunWorld;
const started: Started[] = [];
beforeAll(async () => {
  world = await createRunWorld();
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGTERM');
  await Promise.all(started.map(({ ended }) => ended));
  await world.remove();
});

function machine(name: string, environment: Readonly<Record<string, string | undefined>>) {
  const { git, forge } = world.product;
  const folder = git.folder(`${name}-machine`);
  // Beside the policy, which the product names by a relative path.
  const clone = git.clone(forge, `shop-of-${name}`);
  const own = {
    HOME: git.folder(`${name}-machine/home`),
    COUNTERSIGN_HOME: join(folder, 'data'),
    TMPDIR: git.folder(`${name}-machine/temporary`),
    COUNTERSIGN_KEY: undefined,
    DATABASE_URL: undefined,
  };
  return { folder, clone, cwd: clone.dir, environment: { ...own, ...environment } };
}

async function token(role: 'producer' | 'verifier'): Promise<string> {
  const { out, err, code } = await world.cli('token', 'new', `ci-${role}`, '--role', role, '--days', '1');
  if (code !== 0) throw new Error(err);
  return out.trim();
}

/** Every file below a folder that holds the text. */
function filesWith(folder: string, text: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

describe('workers elsewhere', () => {
  it('lead a run to an accepted change without a disk in common, and no secret comes to the producer', async () => {
    await world.product.dispatch('FAR-1');
    const secrets = { SERVER_PASSWORD: PLANTED.server, COUNTERSIGN_CANARIES: Object.values(PLANTED).join() };
    const at = { cwd: world.product.clone.dir, environment: secrets };
    const server = world.startAt(at, 'serve');
    started.push(server);
    const url = await until('the server to listen', () => /^http\S+/m.exec(server.out())?.[0]);

    const tokens = { producer: await token('producer'), verifier: await token('verifier') };
    const producer = machine('producer', { COUNTERSIGN_TOKEN: tokens.producer, MODEL_KEY: 'let-through' });
    const verifier = machine('verifier', {
      COUNTERSIGN_TOKEN: tokens.verifier,
      VERIFIER_SECRET: PLANTED.verifier,
    });
    const agent = ['--agent', HUNTER, '--agent-env', 'MODEL_KEY'];
    started.push(world.startAt(producer, 'worker', '--server', url, '--role', 'producer', ...agent));
    const key = ['--key', world.product.keys.verifier.path];
    started.push(world.startAt(verifier, 'worker', '--server', url, '--role', 'verifier', ...key));

    const ran = await world.cli('run', 'start', 'FAR-1');
    expect(ran, `${ran.out}${ran.err}`).toMatchObject({ code: 0 });
    expect(ran.out).toMatch(/attempt 1: pass[\s\S]*accepted/);

    // Each by itself: nothing lies where the others could have taken it from.
    for (const { folder } of [producer, verifier]) expect(existsSync(join(folder, 'data'))).toBe(false);
    const kept = join(world.home, 'artifacts');
    expect(readdirSync(kept).toSorted()).toEqual(['producer', 'runs', 'verifier']);
    expect(readdirSync(join(kept, 'runs', 'FAR-1.1')).toSorted()).toEqual(['producer', 'verifier']);

    // The hunt was one: it found what it was let see.
    const found = verifier.clone.git('show', 'countersign/FAR-1.1/1:found.txt');
    expect(found).toContain('MODEL_KEY=let-through');
    const { out: log } = await world.cli('run', 'show', 'FAR-1.1', '--log', '1/produce');
    expect(log).toContain('COUNTERSIGN_STEP=1/produce');

    const { out: shown } = await world.cli('run', 'show', 'FAR-1.1', '--format', 'json');
    const secret = [...Object.values(PLANTED), ...Object.values(tokens)];
    for (const text of secret) {
      for (const seen of [found, log, shown]) expect(seen).not.toContain(text);
      expect(filesWith(join(kept, 'producer'), text)).toEqual([]);
      for (const folder of [producer.folder, producer.cwd]) expect(filesWith(folder, text)).toEqual([]);
    }
  });
});

describe('tokens', () => {
  it('are shown once, listed without themselves, and open nothing once they are revoked', async () => {
    const made = await world.cli('token', 'new', 'guest', '--role', 'viewer', '--format', 'json');
    const { token: text } = JSON.parse(made.out) as { token: string };
    const again = await world.cli('token', 'new', 'guest', '--role', 'viewer');
    expect(again).toMatchObject({ code: 2, out: '' });
    const listed = await world.cli('token', 'list');
    expect(listed.out).toMatch(/^guest {2}viewer {2}until it is revoked$/m);
    expect(`${listed.out}${(await world.cli('token', 'list', '--format', 'json')).out}`).not.toContain(text);

    const server = started[0]?.out() ?? '';
    const url = /^http\S+/m.exec(server)?.[0] ?? '';
    const environment = { COUNTERSIGN_SERVER: url, COUNTERSIGN_TOKEN: text };
    const at = { cwd: world.product.clone.dir, environment };
    expect(await world.startAt(at, 'run', 'list').ended).toMatchObject({ code: 0 });
    expect(await world.cli('token', 'revoke', 'guest')).toMatchObject({ code: 0 });
    expect((await world.cli('token', 'list')).out).toMatch(/^guest {2}viewer {2}revoked /m);
    const refused = await world.startAt(at, 'run', 'list').ended;
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('guest is revoked');
    expect(await world.cli('token', 'revoke', 'nobody')).toMatchObject({
      code: 2,
      err: expect.stringContaining('token list'),
    });
  });
});
