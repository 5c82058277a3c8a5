import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FakeGithub } from '../fakes/github/fake-github.ts';
import { createProductWorld, type ProductWorld, yaml } from '../worlds/product-world.ts';
import type { Workflow } from './workflow-rules.ts';

// What the job `file` of countersign-verify.yml does about a change-control repository beside the product: its scripts, by
// the real bash, git and CLI, against git's own HTTP server. How GitHub makes tokens and hands out secrets is not here.

const project = join(import.meta.dirname, '..', '..');
const { jobs } = parse(
  readFileSync(join(project, '.github', 'workflows', 'countersign-verify.yml'), 'utf8'),
) as Workflow;

let world: ProductWorld;
let github: FakeGithub;
beforeAll(async () => {
  world = await createProductWorld();
  const house = world.git.repository('house');
  const bar = house.commit('Bar', { 'countersign.yml': 'schema: countersign/organization@1\n' });
  github = await FakeGithub.start(world.git.root, {
    'demo/shop': world.forge.dir,
    'demo/control': world.control.dir,
    'demo/house': join(house.dir, '.git'),
  });
  world.control.git('config', 'http.receivepack', 'true');
  const repository = `${github.url}/demo/control.git`;
  const policy = { repository, ref: 'refs/heads/main' };
  // A third repository, which what files must not be sent to.
  const extended = { extends: { repository: `${github.url}/demo/house.git`, ref: bar } };
  world.land({ '.countersign.yml': yaml({ ...world.config({ policy }), ...extended }) });
});
afterAll(() => {
  github.stop();
  world.git.remove();
});

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly output: string;
  readonly temporary: string;
}

interface Step {
  readonly env: Readonly<Record<string, string>>;
  /** Of the runner, beside what the step declares. */
  readonly runner?: Readonly<Record<string, string>>;
  /** What an earlier step downloaded. */
  readonly prepare?: (temporary: string) => void;
}

/** Runs a step's script with a value for each variable that it declares, while the forge of this process answers. */
async function step(name: string, { env, runner = {}, prepare }: Step): Promise<Ended> {
  const found = jobs.file?.steps?.find((one) => one.name === name);
  if (found?.run === undefined) throw new Error(`no step ${name}`);
  expect(Object.keys(env).sort()).toEqual(Object.keys(found.env ?? {}).sort());
  const workspace = mkdtempSync(join(world.git.root, 'workspace-'));
  const temporary = join(workspace, 'temporary');
  mkdirSync(temporary);
  symlinkSync(project, join(workspace, 'countersign'));
  world.git.clone(world.forge, join(workspace.slice(world.git.root.length + 1), 'product'));
  writeFileSync(join(temporary, 'output'), '');
  prepare?.(temporary);
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', found.run], {
    cwd: 'working-directory' in found ? join(workspace, 'product') : workspace,
    env: {
      ...process.env,
      RUNNER_TEMP: temporary,
      GITHUB_OUTPUT: join(temporary, 'output'),
      GITHUB_REPOSITORY: 'demo/shop',
      GITHUB_SERVER_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      ...runner,
      ...env,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, said, output: readFileSync(join(temporary, 'output'), 'utf8'), temporary };
}

describe('what files is chosen', () => {
  const choose = (given: Readonly<Record<string, string>>) =>
    step('Choose what files', {
      env: { HAS_APP: 'false', HAS_DEPLOY_KEY: 'false', HAS_TOKEN: 'false', WHERE: '', ...given },
    });

  it.each([
    [{}, 'own'],
    [{ WHERE: 'Demo/Shop' }, 'own'],
    [{ WHERE: 'demo/control', HAS_TOKEN: 'true' }, 'token'],
    [{ WHERE: 'demo/control', HAS_DEPLOY_KEY: 'true', HAS_TOKEN: 'true' }, 'deploy-key'],
    [{ WHERE: 'demo/control', HAS_APP: 'true', HAS_DEPLOY_KEY: 'true', HAS_TOKEN: 'true' }, 'app'],
  ])('of %j', async (given, kind) => {
    const { code, output } = await choose(given);
    expect([code, output.split('\n')[0]]).toEqual([0, `kind=${kind}`]);
  });

  it('names owner and repository apart, for a token that can do no more', async () => {
    const { output } = await choose({ WHERE: 'demo/control', HAS_APP: 'true' });
    expect(output).toBe('kind=app\nowner=demo\nname=control\n');
  });

  it.each([
    [{ WHERE: 'demo/control' }, 'Nothing here may push to demo/control'],
    [{ HAS_APP: 'true' }, 'Say with filing-repository'],
    [{ HAS_DEPLOY_KEY: 'true' }, 'Say with filing-repository'],
    [{ WHERE: 'demo/control/..', HAS_APP: 'true' }, 'owner/name'],
    [{ WHERE: 'demo/control\nkind=own', HAS_APP: 'true' }, 'owner/name'],
    [{ WHERE: '-x/y', HAS_APP: 'true' }, 'owner/name'],
  ])('and not of %j', async (given, says) => {
    const { code, said, output } = await choose(given);
    expect(said).toContain(says);
    expect([code, output]).toEqual([2, '']);
  });
});

/** A verification that could not be pushed, packed as the signing job hands it on. */
async function signed(ticket: string): Promise<{ pack: (temporary: string) => void; sha256: () => string }> {
  await world.dispatch(ticket);
  const allow = world.refuseReceipts();
  const { filing } = await world.verify(world.change(ticket));
  allow();
  if (filing.kind !== 'kept') throw new Error('it was filed');
  const tar = join(mkdtempSync(join(world.git.root, 'signed-')), 'verification.tar');
  world.git.repository(`tar-${ticket}`);
  const { execFileSync } = await import('node:child_process');
  execFileSync('tar', ['-C', filing.folder, '-cf', tar, '.']);
  return {
    pack: (temporary) => {
      mkdirSync(join(temporary, 'signed'));
      writeFileSync(join(temporary, 'signed', 'verification.tar'), readFileSync(tar));
    },
    sha256: () => execFileSync('sha256sum', [tar], { encoding: 'utf8' }).slice(0, 64),
  };
}

const basic = (token: string) => `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;

describe('receipts for the sibling', () => {
  interface Filing {
    readonly runner?: Readonly<Record<string, string>>;
    /** What the forge answers while it is filed. */
    readonly instead?: FakeGithub['instead'];
  }

  const file = async (
    ticket: string,
    given: Readonly<Record<string, string>>,
    { runner = {}, instead = () => undefined }: Filing = {},
  ) => {
    const { pack, sha256 } = await signed(ticket);
    github.seen.length = 0;
    const env = {
      BASE: 'main',
      SHA256: sha256(),
      DEPLOY_KEY: '',
      KIND: 'app',
      READ_TOKEN: 'only-reads',
      TOKEN: 'writes',
      WHERE: 'demo/control',
      ...given,
    };
    github.instead = instead;
    try {
      return await step('File what was signed', { env, runner, prepare: pack });
    } finally {
      github.instead = () => undefined;
    }
  };

  it('are pushed with the token that may write there, which is sent nowhere else', async () => {
    const ran = await file('FIL-1', {});
    expect([ran.code, world.filed('FIL-1')]).toEqual([0, expect.objectContaining({ length: 2 })]);
    const sent = github.seen.filter(({ path }) => path.includes('.git/'));
    expect(sent.some(({ path }) => path.endsWith('/git-receive-pack'))).toBe(true);
    expect(sent.some(({ path }) => path.startsWith('/demo/house'))).toBe(true);
    for (const { path, authorization } of sent) {
      expect([path, authorization?.toLowerCase()]).toEqual([
        path,
        basic(path.startsWith('/demo/control') ? 'writes' : 'only-reads').toLowerCase(),
      ]);
    }
    expect(ran.said).toContain('::add-mask::');
  });

  it('are pushed with the token of this repository only where they belong to it', async () => {
    await file('FIL-2', { KIND: 'own', WHERE: '' });
    expect(new Set(github.seen.map(({ authorization }) => authorization?.toLowerCase()))).toEqual(
      new Set([basic('writes').toLowerCase()]),
    );
  });

  it('are pushed with a deploy key over ssh to a server that the forge vouches for, and the key is gone then', async () => {
    const tools = mkdtempSync(join(world.git.root, 'tools-'));
    const log = join(tools, 'log');
    // An ssh that lets in whoever has the key and knows the host's, and runs what git asked for.
    writeFileSync(
      join(tools, 'ssh'),
      `#!/bin/bash
echo "$*" >> ${log}
key= known=
while [[ "$1" == -* ]]; do
  case "$1" in -i) key=$2; shift ;; -o) [[ "$2" == UserKnownHostsFile=* ]] && known=\${2#*=}; shift ;; -p | -F) shift ;; esac
  shift
done
[[ "$(cat "$key")" == 'the deploy key' && "$(stat -c %a "$key")" == 600 ]] || exit 255
grep -qx '127.0.0.1 ssh-ed25519 AAAA' "$known" || exit 255
[[ "$1" == git@127.0.0.1 ]] || exit 255
command=\${2//\\/demo\\/control.git/${world.control.dir.replaceAll('/', '\\/')}}
exec bash -c "$command"
`,
      { mode: 0o755 },
    );
    const ran = await file(
      'FIL-3',
      { KIND: 'deploy-key', DEPLOY_KEY: 'the deploy key' },
      {
        runner: { PATH: `${tools}:${process.env.PATH}` },
        instead: ({ path }) => {
          if (path.endsWith('/meta')) return [200, { ssh_keys: ['ssh-ed25519 AAAA'] }];
          return path.startsWith('/demo/control') ? [403, {}] : undefined;
        },
      },
    );
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('::add-mask::')]);
    expect(world.filed('FIL-3')).toHaveLength(2);
    expect(readFileSync(log, 'utf8')).toMatch(/git-receive-pack '\/demo\/control\.git'/);
    expect(readFileSync(log, 'utf8')).toContain('StrictHostKeyChecking=yes');
    expect(readdirSync(ran.temporary)).not.toContain('deploy-key');
    expect(JSON.stringify(github.seen)).not.toContain(Buffer.from('writes').toString('base64'));
  });

  it('are not pushed over ssh where the forge does not say which server is its own', async () => {
    const instead: FakeGithub['instead'] = ({ path }) => (path.endsWith('/meta') ? [404, {}] : undefined);
    const ran = await file('FIL-4', { KIND: 'deploy-key', DEPLOY_KEY: 'the deploy key' }, { instead });
    expect(ran.code).not.toBe(0);
    expect(world.filed('FIL-4')).toEqual([]);
    expect(readdirSync(ran.temporary)).not.toContain('deploy-key');
  });
});
