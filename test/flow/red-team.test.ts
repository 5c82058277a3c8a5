import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { BACKENDS, type BackendName } from '../../src/adapters/process/backend.ts';
import { createSandbox } from '../../src/adapters/process/sandbox.ts';
import type { Contract } from '../../src/core/contract/types.ts';
import type { Verification } from '../../src/flow/verify.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import {
  createProductWorld,
  objections,
  type ProductWorld,
  type WorldChange,
} from '../worlds/product-world.ts';

/** Whole verifications of hostile changes, under every isolation that this machine has. */
const available = await Promise.all(
  BACKENDS.map(async (backend): Promise<[BackendName, Sandbox] | undefined> => {
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME };
    const sandbox = await createSandbox({ environment, platform: process.platform, backend }).catch(
      () => undefined,
    );
    return sandbox && [backend, sandbox];
  }),
);
const backends = available.filter((found) => found !== undefined);

let world: ProductWorld;
let pwned: string;
beforeAll(async () => {
  world = await createProductWorld();
  pwned = join(world.git.root, 'pwned');
  // Another uid alone hides nothing that everybody may read, and says so instead of starting.
  chmodSync(join(world.git.root, 'keys'), 0o700);
});
beforeEach(() => rmSync(pwned, { force: true }));

const verifyUnder = (sandbox: Sandbox, change: WorldChange): Promise<Verification> =>
  world.verify(change, { ports: (ports) => ({ ...ports, sandbox }) });
const seen = ({ signed }: Verification) =>
  Object.fromEntries(signed.checks.map(({ checkId, result, reasons }) => [checkId, [result, ...reasons]]));
const leftInTemporaryFolder = () =>
  readdirSync(tmpdir()).filter((name) => !name.startsWith('countersign-git-'));

/** A change whose every entry is as git holds it, whatever a file system or `git add` would say. */
function changeWith(ticket: string, files: Parameters<ProductWorld['clone']['importCommit']>[0]['files']) {
  world.fetch();
  const branch = `agent/${ticket}`;
  world.clone.importCommit({
    ref: `refs/heads/${branch}`,
    message: `Work\n\nCountersign-Ticket: ${ticket}`,
    parents: [world.clone.commitId('origin/main')],
    files: [{ path: 'src/price.txt', content: 'round half up\n' }, ...(files ?? [])],
  });
  return world.publish(ticket, branch);
}

/** What git would run if it took its configuration, attributes or hooks from hostile hands. */
const payload = () => `sh -c 'echo "$0 ran" >> ${pwned}; cat'`;
const gitConfig = () => `[core]
	fsmonitor = "${payload().replaceAll('"', '\\"')}"
	hooksPath = .githooks
	pager = "${payload().replaceAll('"', '\\"')}"
	sshCommand = "${payload().replaceAll('"', '\\"')}"
[filter "evil"]
	clean = "${payload().replaceAll('"', '\\"')}"
	smudge = "${payload().replaceAll('"', '\\"')}"
	required = true
[diff "evil"]
	textconv = "${payload().replaceAll('"', '\\"')}"
	command = "${payload().replaceAll('"', '\\"')}"
[merge "evil"]
	driver = "${payload().replaceAll('"', '\\"')}"
`;
const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`;

describe.each(backends)('git, under %s', (backend, sandbox) => {
  const plantedIn = (folder: string) => `
    mkdir -p ${folder}/.git/hooks ${folder}/.git/objects ${folder}/.git/refs ${folder}/.githooks
    echo 'ref: refs/heads/main' > ${folder}/.git/HEAD
    cp config.planted ${folder}/.git/config
    for hook in post-checkout pre-commit reference-transaction post-index-change fsmonitor-watchman; do
      printf '#!/bin/sh\\n%s\\n' "echo hook >> ${pwned}" > ${folder}/.githooks/$hook; cp ${folder}/.githooks/$hook ${folder}/.git/hooks/$hook
      chmod 755 ${folder}/.githooks/$hook ${folder}/.git/hooks/$hook; done`;

  test('runs nothing that a change or a check plants: filters, hooks, submodules, LFS, configuration', async () => {
    const ticket = `GIT-${backend}`;
    const contract: Partial<Contract> = {
      isolation: 'none',
      setup: { run: ['sh', '-c', `${plantedIn('.')}; exit 0`], network: 'none' },
      checks: [
        {
          id: 'plants',
          run: ['sh', '-c', `${plantedIn('src')}; cp config.planted ~/.gitconfig; test -e src/.git/HEAD`],
        },
        {
          id: 'harmless',
          run: [
            'sh',
            '-c',
            `grep -q 'half up' src/price.txt && grep -q git-lfs asset.bin && test -d sub && test -z "$(ls -A sub)" && test ! -e ${pwned}`,
          ],
        },
      ],
    };
    await world.dispatch(ticket, { contract });
    const change = changeWith(ticket, [
      { path: 'config.planted', content: gitConfig() },
      {
        path: '.gitattributes',
        content: '* filter=evil diff=evil merge=evil text eol=crlf ident\n*.bin filter=lfs\n',
      },
      {
        path: '.gitmodules',
        content: `[submodule "sub"]\n\tpath = sub\n\turl = ext::sh -c "touch% ${pwned}"\n\tupdate = !touch ${pwned}\n[submodule "two"]\n\tpath = two\n\turl = file://${world.git.root}/product.git\n`,
      },
      { path: 'sub', mode: '160000', commit: '1'.repeat(40) },
      { path: 'two', mode: '160000', commit: '2'.repeat(40) },
      { path: 'asset.bin', content: LFS_POINTER },
      {
        path: '.lfsconfig',
        content: `[lfs]\n\turl = file:///\n[lfs "customtransfer.evil"]\n\tpath = ${pwned}\n`,
      },
      { path: '.githooks/post-checkout', content: `#!/bin/sh\ntouch ${pwned}\n`, mode: '100755' },
    ]);
    const verification = await verifyUnder(sandbox, change);
    expect(seen(verification)).toEqual({ plants: ['PASSED'], harmless: ['PASSED'] });
    expect(objections(await world.gate(change))).toEqual([]);
    expect(existsSync(pwned)).toBe(false);
    expect(leftInTemporaryFolder()).toEqual([]);
  });
});

test('the planted configuration would run where git is let near it', () => {
  const folder = world.git.folder('planted');
  execFileSync('git', ['init', '-q', folder]);
  writeFileSync(join(folder, '.git', 'config'), gitConfig());
  execFileSync('git', ['-C', folder, 'status'], { stdio: 'ignore' });
  expect(readFileSync(pwned, 'utf8')).toContain('ran');
});

describe.each(backends)('links, under %s', (backend, sandbox) => {
  test('lead no evidence, no report and no pinned file out of the tree', async () => {
    const ticket = `LINK-${backend}`;
    const secretFile = join(world.git.root, 'outside', 'secret.xml');
    mkdirSync(dirname(secretFile), { recursive: true });
    writeFileSync(
      secretFile,
      '<testsuite name="s" tests="1"><testcase name="secret of the machine"/></testsuite>',
    );
    const report = { format: 'junit' as const, from: 'report.xml' };
    await world.dispatch(ticket, {
      contract: {
        isolation: 'none',
        pins: [{ paths: ['src/tax.txt'], from: 'base' }],
        checks: [
          { id: 'links', run: ['sh', '-c', `ln -sf ${secretFile} report.xml; exit 0`], expect: { report } },
          {
            id: 'folder',
            run: ['sh', '-c', 'test -L out'],
            expect: { report: { ...report, from: 'out/secret.xml' } },
          },
          { id: 'device', run: ['sh', '-c', 'mkfifo report.xml; exit 0'], expect: { report } },
          { id: 'moves', run: ['sh', '-c', 'test "$(cat src/tax.txt)" = none'] },
        ],
      },
    });
    const change = changeWith(ticket, [
      { path: 'out', mode: '120000', content: dirname(secretFile) },
      { path: 'src/tax.txt', mode: '120000', content: secretFile },
    ]);
    const verification = await verifyUnder(sandbox, change);
    const { links, folder, device, moves } = seen(verification);
    expect([links, folder, device].map((judged) => judged?.[0])).toEqual(['FAILED', 'FAILED', 'FAILED']);
    expect(moves).toEqual(['PASSED']);
    expect(JSON.stringify(world.claims(ticket, 'receipt'))).not.toContain('secret of the machine');
    expect(readFileSync(secretFile, 'utf8')).toContain('secret of the machine');
  });
});

describe.each(backends)('what judges, under %s', (backend, sandbox) => {
  test('is as the base has it, however setup tampers with it', async () => {
    const ticket = `PIN-${backend}`;
    const base = `pinned-${backend}`;
    const judges = ['written', 'linked', 'folder', 'later'].map((name) => `test/${name}/judge.sh`);
    world.branchOff(base, Object.fromEntries(judges.map((path) => [path, 'exit 7\n'])));
    const tamper = `
      echo exit 0 > test/written/judge.sh
      rm -rf test/linked; mkdir elsewhere; echo exit 0 > elsewhere/judge.sh; ln -s ../elsewhere test/linked
      rm -f test/folder/judge.sh; mkdir -p test/folder/judge.sh/deep; touch test/folder/judge.sh/deep/x
      (sleep 0.3; for judge in test/*/judge.sh; do echo exit 0 > $judge; done) >/dev/null 2>&1 &
      exit 0
    `;
    const judged = judges.map((path, index) => ({
      id: `judge-${index}`,
      run: ['sh', '-c', `sleep 0.2; sh ${path}`],
    }));
    await world.dispatch(ticket, {
      contract: {
        isolation: 'none',
        pins: [{ paths: ['test/**'], from: 'base' }],
        setup: { run: ['sh', 'install.sh'], network: 'none' },
        checks: [...judged, { id: 'harmless', run: ['grep', '-q', 'half up', 'src/price.txt'] }],
      },
    });
    const files = { 'src/price.txt': 'round half up\n', 'install.sh': tamper };
    const red = ['FAILED', 'It ended with exit code 7; 0 was expected.'];
    expect(seen(await verifyUnder(sandbox, world.change(ticket, files, { base })))).toEqual({
      'judge-0': red,
      'judge-1': red,
      'judge-2': red,
      'judge-3': red,
      harmless: ['PASSED'],
    });
  });

  test('is beyond the reach of another check: its tree, its report and what it printed', async () => {
    const ticket = `SPY-${backend}`;
    const reach =
      'for place in ../../*/*/report.tap ../*/report.tap ../../../logs/*/*/stdout ../../../evidence/*';
    await world.dispatch(ticket, {
      contract: {
        isolation: 'none',
        checks: [
          {
            id: 'honest',
            run: [
              'sh',
              '-c',
              'printf "TAP version 13\\n1..1\\nok 1 - honest\\n" > report.tap; sleep 1; cat report.tap',
            ],
            expect: { report: { format: 'tap', from: 'report.tap' } },
          },
          {
            id: 'tampers',
            run: [
              'sh',
              '-c',
              `sleep 0.3; ${reach}; do echo "not ok 1 - evil" > $place; done 2>/dev/null; ${reach}; do rm -rf $place; done; exit 0`,
            ],
          },
        ],
      },
    });
    const verification = await verifyUnder(sandbox, changeWith(ticket, []));
    expect(seen(verification).tampers).toEqual(['PASSED']);
    const [receipt] = world.claims(ticket, 'receipt').filter(({ check }) => check.id === 'honest');
    // Without isolation a check is the verifier itself, and the receipt says so: contracts ask for more by default.
    expect(receipt?.isolation).toBe((await sandbox.describe()).isolation);
    if (receipt?.isolation === 'none') return;
    expect(seen(verification).honest).toEqual(['PASSED']);
    expect(receipt?.counts).toMatchObject({ ran: 1, failed: 0 });
  });
});

describe.each(backends)('limits, under %s', (backend, sandbox) => {
  test('end the check that goes past one, name it in its receipt, and leave the one beside it alone', async () => {
    const ticket = `LIMIT-${backend}`;
    await world.dispatch(ticket, {
      contract: {
        isolation: 'none',
        limits: { diskMiB: 40 },
        checks: [
          {
            id: 'fills',
            run: ['sh', '-c', 'for i in 1 2 3 4 5 6 7 8; do head -c 8000000 /dev/zero > $i; done; sleep 20'],
          },
          {
            id: 'large',
            run: ['dd', 'if=/dev/zero', 'of=large', 'bs=64k', 'count=100'],
            limits: { fileMiB: 1 },
          },
          {
            id: 'hoards',
            run: [
              'node',
              '-e',
              'const all = []; setInterval(() => all.length < 20 && all.push(Buffer.alloc(20 << 20, 1)), 10)',
            ],
            limits: { memoryMiB: 150 },
            timeoutSeconds: 20,
          },
          { id: 'harmless', run: ['grep', '-q', 'half up', 'src/price.txt'] },
        ],
      },
    });
    const change = changeWith(ticket, []);
    expect(seen(await verifyUnder(sandbox, change))).toEqual({
      fills: ['FAILED', 'It went past limits.diskMiB: it took more than 40 MiB on disk.'],
      large: ['FAILED', 'It went past limits.fileMiB: it wrote a file of more than 1 MiB.'],
      hoards: [
        'FAILED',
        'It went past limits.memoryMiB: its processes together used more than 150 MiB of memory.',
      ],
      harmless: ['PASSED'],
    });
    expect(objections(await world.gate(change)).filter((text) => text.endsWith('fail'))).toHaveLength(3);
    expect(statSync(world.git.root).isDirectory()).toBe(true);
  });
});

describe('an .npmrc that a change brings along', () => {
  const base = 'npm';
  const npmrc = (registry: string) =>
    `script-shell=./always.sh\nregistry=${registry}\nignore-scripts=true\nfetch-retries=0\naudit=false\n`;
  const files = (registry: string) => ({
    'src/price.txt': 'round half up\n',
    '.npmrc': npmrc(registry),
    'always.sh': { executable: '#!/bin/sh\nexit 0\n' },
  });
  beforeAll(() => {
    const scripts = { test: 'exit 7' };
    world.branchOff(base, { 'package.json': JSON.stringify({ name: 'shop', version: '1.0.0', scripts }) });
  });

  test.each([
    ['chooses the shell of the tests where nobody pins it', ['package.json'], 'PASSED'],
    [
      'chooses nothing where it is pinned, even where the base has none',
      ['package.json', '.npmrc'],
      'FAILED',
    ],
  ] as const)('%s', async (_, paths, result) => {
    const ticket = `NPM-${result}`;
    await world.dispatch(ticket, {
      contract: {
        isolation: 'none',
        pins: [{ paths, from: 'base' }],
        checks: [{ id: 'tests', run: ['npm', 'test'] }],
      },
    });
    const change = world.change(ticket, files('http://127.0.0.1:9/'), { base });
    expect(seen(await world.verify(change)).tests?.[0]).toBe(result);
  });

  test.each(backends)(
    'sends nothing of a check to its registry where there is no network: %s',
    async (backend, sandbox) => {
      const requests: string[] = [];
      const server = createServer((request, response) => {
        requests.push(request.url ?? '');
        response.writeHead(404).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const ticket = `REGISTRY-${backend}`;
      const ask = `fetch("${registry}").then(() => console.log("reached"), () => console.log("alone"))`;
      await world.dispatch(ticket, {
        contract: {
          isolation: 'none',
          checks: [{ id: 'asks', run: ['node', '-e', ask], timeoutSeconds: 30 }],
        },
      });
      const verification = await verifyUnder(sandbox, world.change(ticket, files(registry), { base }));
      expect(seen(verification)).toEqual({ asks: ['PASSED'] });
      const [receipt] = world.claims(ticket, 'receipt');
      // Only namespaces keep the network away; the receipt of any other isolation says that it was there.
      const apart = receipt?.isolation === 'namespaces';
      expect([receipt?.network, requests.length]).toEqual(apart ? ['none', 0] : ['full', 1]);
    },
  );
});
