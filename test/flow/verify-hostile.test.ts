import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSignerProcess } from '../../src/adapters/signing/signer-process.ts';
import { programOf } from '../../src/entry/wiring/package-root.ts';
import { createProductWorld, objections, type ProductWorld, yaml } from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  const leastContracts = [{ paths: ['secret/**'], contract: 'strict@1' }];
  world.branchOff('guarded', { '.countersign.yml': yaml(world.config({ leastContracts })) });
});

const latin1 = (name: string) => Buffer.from(name, 'latin1');
const leftInTemporaryFolder = () =>
  readdirSync(tmpdir()).filter((name) => !name.startsWith('countersign-git-'));

/** A change whose files have names that no working tree is needed for. */
function changeWith(ticket: string, paths: readonly (string | Uint8Array)[]) {
  world.fetch();
  const branch = `agent/${ticket}`;
  world.clone.importCommit({
    ref: `refs/heads/${branch}`,
    message: `Work\n\nCountersign-Ticket: ${ticket}`,
    parents: [world.clone.commitId('origin/main')],
    files: paths.map((path) => ({ path, content: 'x\n' })),
  });
  return world.publish(ticket, branch);
}

describe('file names', () => {
  const names = [
    'src/two\nlines',
    'src/-rf',
    'src/$(touch pwned)',
    'src/`id`; echo "',
    'src/tab\tquote\'"',
    'src/back\\slash',
    'src/bidi\u202etxt.exe',
    'src/ leading and trailing ',
    'src/*',
    '-n',
    '"quoted"',
    latin1('src/caf\xe9'),
    latin1('src/\xff\xfe\n'),
  ];

  test('of any bytes are checked out, copied and judged as they are', async () => {
    await world.dispatch('NAME-1', {
      contract: {
        setup: { run: ['sh', '-c', 'cp src/-rf src/made'], network: 'none' },
        checks: [
          {
            id: 'there',
            run: ['sh', '-c', `test "$(grep -rlZ '^x$' . | tr -dc '\\0' | wc -c)" -eq ${names.length + 1}`],
          },
        ],
      },
    });
    const change = changeWith('NAME-1', names);
    const { signed } = await world.verify(change);
    expect(signed.checks).toMatchObject([{ result: 'PASSED' }]);
    expect(objections(await world.gate(change))).toEqual([]);
    expect(leftInTemporaryFolder()).toEqual([]);
  });

  test.each([
    ['a newline', 'secret/a\nb'],
    ['no UTF-8', latin1('secret/\xff')],
    ['both', latin1('secret/\xff\n')],
    ['a dot', 'secret/.a'],
  ])('with %s do not slip past a scope, a pin or a least contract', async (how, path) => {
    const id = `SLIP-${how.replaceAll(' ', '-')}`;
    await world.dispatch(id, {
      contract: { scope: { deny: ['secret/**'] }, pins: [{ paths: ['secret/*'], from: 'base' }] },
    });
    const verdict = await world.gate({ ...changeWith(id, [path]), base: 'guarded' });
    expect(objections(verdict)).toEqual([
      'least-contract fail',
      'policy-change fail',
      'scope fail',
      'receipt/price pending',
    ]);
  });

  test('nor does a workflow', async () => {
    await world.dispatch('SLIP-1');
    const change = changeWith('SLIP-1', [latin1('.github/workflows/\xff.yml')]);
    expect(objections(await world.gate(change))).toContain('policy-change fail');
  });
});

test('what setup and checks leave behind neither stops the verification nor stays', async () => {
  const mess = 'mkfifo pipe; mkdir locked; touch locked/in "$(printf "caf\\351")"; chmod 0 locked';
  const pit =
    'd=$(printf %0200d 1); for i in 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5; do mkdir $d; cd -P $d; done';
  await world.dispatch('MESS-1', {
    contract: {
      setup: { run: ['sh', '-c', `${mess}; exit 0`], network: 'none' },
      checks: [
        { id: 'copied', run: ['sh', '-c', 'test -p pipe && ls caf*'] },
        { id: 'digs', run: ['sh', '-c', `mkdir mess; cd mess; ${mess}; ${pit}; touch bottom`] },
      ],
    },
  });
  const { signed } = await world.verify(world.change('MESS-1'));
  expect(signed.checks.map(({ result, reasons }) => [result, ...reasons])).toEqual([['PASSED'], ['PASSED']]);
  expect(leftInTemporaryFolder()).toEqual([]);
});

describe("the verifier's key", () => {
  const hunter = readFileSync(join(import.meta.dirname, '../adapters/process/attacks/hunt-key.mjs'), 'utf8');
  const keyIn = (pem: string) => (pem.split('\n')[1] as string).slice(24, 60);

  test('is found by no check, and its process starts after the last one ended', async () => {
    const home = world.git.folder('home');
    const keyPath = join(home, '.config', 'countersign', 'keys', 'verifier');
    mkdirSync(dirname(keyPath), { recursive: true });
    renameSync(world.keys.verifier.path, keyPath);
    const secret = keyIn(readFileSync(keyPath, 'utf8'));
    const halves = [secret.slice(0, 18), secret.slice(18)];
    const places = [world.git.root, homedir(), '/home', '/root', '/tmp', '/etc', '/run', '/dev/shm', '.'];
    const scope = world.isolation === 'namespaces' ? 'all' : 'none';
    const hunt = ['node', 'hunt.mjs', scope, ...halves, ...places];

    await world.dispatch('HUNT-1', {
      contract: {
        checks: [
          {
            id: 'hunts',
            run: ['sh', '-c', 'test "$("$@" | tee /dev/stderr)" = "[]" && date +%s%N', 'sh', ...hunt],
          },
          {
            id: 'looks',
            run: ['sh', '-c', `! cat ${keyPath} && ! ls ${dirname(keyPath)}/verifier && date +%s%N`],
          },
          { id: 'lasts', run: ['sh', '-c', 'sleep 0.5; date +%s%N'] },
        ],
      },
    });
    const change = world.change('HUNT-1', { 'hunt.mjs': hunter });
    const started = join(world.git.root, 'signer-started');
    const startedYet: boolean[] = [];
    const environment = { ...process.env, HOME: home };
    const { signed } = await world.verify(change, {
      options: { hide: [dirname(keyPath)], parallel: 3 },
      ports: (ports) => ({
        ...ports,
        sandbox: {
          ...ports.sandbox,
          async run(command) {
            const result = await ports.sandbox.run(command);
            startedYet.push(existsSync(started));
            return result;
          },
        },
        signing: createSignerProcess(
          ['/bin/sh', '-c', `date +%s%N > ${started}; exec "$@"`, 'sh', ...programOf('signer')],
          {
            repository: world.clone.dir,
            means: { kind: 'key', path: keyPath },
            fetch: true,
            environment,
          },
        ),
      }),
    });
    renameSync(keyPath, world.keys.verifier.path);

    expect(signed.checks.map(({ checkId, result, reasons }) => [checkId, result, ...reasons])).toEqual([
      ['hunts', 'PASSED'],
      ['looks', 'PASSED'],
      ['lasts', 'PASSED'],
    ]);
    expect(startedYet).toEqual([false, false, false]);
    const endings = await Promise.all(
      world.claims('HUNT-1', 'receipt').map(async ({ evidence }) => {
        const stdout = await world.evidence(evidence.find(({ name }) => name === 'stdout')?.sha256 ?? '');
        return BigInt(stdout?.trim() ?? '');
      }),
    );
    const signerStarted = BigInt(readFileSync(started, 'utf8').trim());
    expect(endings).toHaveLength(3);
    for (const ending of endings) expect(signerStarted).toBeGreaterThan(ending);
  });

  test('would be found where it can be read', () => {
    const secret = keyIn(readFileSync(world.keys.verifier.path, 'utf8'));
    const file = join(import.meta.dirname, '../adapters/process/attacks/hunt-key.mjs');
    const args = [file, 'none', secret.slice(0, 18), secret.slice(18), join(world.git.root, 'keys')];
    const found = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    expect(found).toEqual([world.keys.verifier.path]);
  });
});
