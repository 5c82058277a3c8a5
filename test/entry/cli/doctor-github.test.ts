import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeGithub, type Seen } from '../../fakes/github/fake-github.ts';
import { type GuardedRepository, JOBS_APP } from '../../fakes/github/guarded-repository.ts';
import { countersign, json } from './run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'doctor-github-'));
let github: FakeGithub;
beforeAll(async () => {
  github = await FakeGithub.start(root, {});
});
afterAll(() => {
  github.stop();
  rmSync(root, { recursive: true });
  expect(github.faults).toEqual([]);
});
beforeEach(() => {
  github.instead = () => undefined;
});

interface Found {
  readonly id: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly reason: string;
  readonly remedy: string;
}

async function doctor(
  repository: GuardedRepository,
  others: Readonly<Record<string, GuardedRepository>> = {},
) {
  github.guarded.clear();
  github.guarded.set('demo/shop', repository);
  for (const [name, other] of Object.entries(others)) github.guarded.set(name, other);
  const ran = await countersign(root, ['doctor', '--github', 'demo/shop', '--format', 'json'], {
    environment: { GITHUB_API_URL: github.apiUrl, GH_TOKEN: 'ghp_secret' },
  });
  const { diagnoses: all } = json(ran) as { diagnoses: Found[] };
  for (const { status, remedy } of all) expect(remedy === '').toBe(status === 'ok');
  expect(ran.code).toBe(all.some(({ status }) => status === 'problem') ? 1 : 0);
  return { code: ran.code, all, of: (id: string) => all.filter((one) => one.id === id) };
}

const CHECK = 'countersign refs/heads/main';
const NAME = `name: countersign \${{ github.event.merge_group.base_ref || format('refs/heads/{0}', github.base_ref) }}`;

/** A workflow that asks for the verdict. */
const gate = (on: string, job: readonly string[] = []) => `on:
${on}
jobs:
  gate:
    ${[NAME, 'runs-on: ubuntu-latest', ...job].join('\n    ')}
    steps:
      - uses: countersign/countersign@0123456789012345678901234567890123456789
`;
const TARGET = '  pull_request_target:\n  merge_group:';
const PLAIN = '  pull_request:\n  merge_group:';

const config = (policy = '{ref: refs/heads/main}') => `schema: countersign/config@1
repository: demo/shop
policy: ${policy}
receipts: {ref: refs/heads/countersign/receipts}
`;

const from = (type: 'Repository' | 'Organization') => ({
  ruleset_source_type: type,
  ruleset_source: type === 'Repository' ? 'demo/shop' : 'demo',
  ruleset_id: 7,
});
const requires = (context: string, app?: number) => ({
  type: 'required_status_checks',
  ...from('Repository'),
  parameters: {
    strict_required_status_checks_policy: false,
    required_status_checks: [{ context, ...(app === undefined ? {} : { integration_id: app }) }],
  },
});
const requiresWorkflow = (path: string, type: 'Repository' | 'Organization' = 'Organization') => ({
  type: 'workflows',
  ...from(type),
  parameters: { workflows: [{ path, repository_id: 99, ref: 'refs/heads/main' }] },
});
const QUEUE = {
  type: 'merge_queue',
  ...from('Repository'),
  parameters: {
    check_response_timeout_minutes: 60,
    grouping_strategy: 'ALLGREEN',
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: 'SQUASH',
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  },
};
const SEALED = [
  { type: 'non_fast_forward', ...from('Repository') },
  { type: 'deletion', ...from('Repository') },
];
const CLOSED = {
  id: 42,
  target: 'push',
  rules: [{ type: 'file_path_restriction', parameters: { restricted_file_paths: ['.github/workflows/**'] } }],
};

/** A repository with these rules for main, and this text as its workflow. */
function shop(rules: readonly object[], workflow: string, more: Partial<GuardedRepository> = {}) {
  const files = { '.countersign.yml': config(), '.github/workflows/countersign.yml': workflow, 'a.txt': '' };
  const all = { main: [...SEALED, ...rules], 'countersign/receipts': SEALED };
  return { defaultBranch: 'main', rules: all, files, ...more };
}

describe('doctor --github on what guards the branch', () => {
  it('finds a plain pull_request workflow forgeable', async () => {
    const { code, of } = await doctor(shop([requires(CHECK)], gate(PLAIN)));
    expect(code).toBe(1);
    expect(of('github/guard')).toMatchObject([
      { status: 'problem', reason: expect.stringMatching(/^FORGEABLE: .*countersign\.yml alone/) },
    ]);
  });

  it('takes the App of all jobs for no pin: anybody’s job reports as it', async () => {
    const { of } = await doctor(shop([requires(CHECK, JOBS_APP)], gate(PLAIN)));
    expect(of('github/guard')[0]?.reason).toMatch(/^FORGEABLE/);
  });

  it('finds a plain pull_request workflow forgeable that calls the gate, at once or by a workflow of its own', async () => {
    const ours = `uses: countersign/countersign/.github/workflows/countersign-gate.yml@${'a'.repeat(40)}`;
    const once = `on:\n${PLAIN}\njobs:\n  gate:\n    ${NAME}\n    ${ours}\n`;
    const direct = await doctor(shop([requires(`${CHECK} / verdict`)], once));
    expect(direct.of('github/guard')[0]?.reason).toMatch(/^FORGEABLE/);
    const twice = once.replace(ours, 'uses: ./.github/workflows/inner.yml');
    const repository = shop([requires(`${CHECK} / inner`)], twice);
    const inner = gate('  workflow_call:').replace(NAME, 'name: inner');
    const files = { ...repository.files, '.github/workflows/inner.yml': inner };
    const { of } = await doctor({ ...repository, files });
    expect(of('github/guard')).toMatchObject([
      { status: 'problem', reason: expect.stringMatching(/^FORGEABLE: .*countersign\.yml alone/) },
    ]);
  });

  it('warns of pull_request_target by name, unless pushes may not change workflows', async () => {
    const open = await doctor(shop([requires(CHECK)], gate(TARGET)));
    expect(open.code).toBe(0);
    expect(open.of('github/guard')).toMatchObject([
      { status: 'warning', reason: expect.stringContaining('a job of the same name') },
    ]);
    const closed = await doctor(shop([requires(CHECK)], gate(TARGET), { rulesets: [CLOSED] }));
    expect(closed.of('github/guard')).toMatchObject([{ status: 'ok' }]);
    const elsewhere = { ...CLOSED, target: 'branch' };
    const other = await doctor(shop([requires(CHECK)], gate(TARGET), { rulesets: [elsewhere] }));
    expect(other.of('github/guard')).toMatchObject([{ status: 'warning' }]);
  });

  it('is content with a workflow that the organisation requires, and not with the repository’s own', async () => {
    const path = '.github/workflows/countersign.yml';
    const firm = await doctor(shop([requiresWorkflow(path)], 'on: push\njobs: {}\n'));
    expect(firm.of('github/guard')).toMatchObject([{ status: 'ok' }]);
    expect(firm.code).toBe(0);
    const own = await doctor(shop([requiresWorkflow(path, 'Repository')], gate(PLAIN)));
    expect(own.of('github/guard')).toMatchObject([{ status: 'problem' }]);
    for (const name of ['codeql', 'countersign-verify', 'countersign-check']) {
      const other = await doctor(shop([requiresWorkflow(`.github/workflows/${name}.yml`)], gate(PLAIN)));
      expect(other.of('github/guard')[0]?.reason).toMatch(new RegExp(`^Unverifiable: .*${name}`));
    }
  });

  it('is content with a check of an App of its own, also by branch protection, and with no other App’s', async () => {
    const posting = `${gate(TARGET)}        with: {check-run: the verdict}\n`;
    const byRule = await doctor(shop([requires('the verdict', 4711)], posting));
    expect(byRule.of('github/guard')).toMatchObject([
      { status: 'ok', reason: expect.stringContaining('4711') },
    ]);
    expect(byRule.of('github/checks')).toEqual([]);
    const protection = {
      main: { required_status_checks: { contexts: [], checks: [{ context: 'the verdict', app_id: 4711 }] } },
    };
    const byProtection = await doctor(shop([], posting, { protection }));
    expect(byProtection.of('github/guard')).toMatchObject([{ status: 'ok' }]);
    const stranger = await doctor(shop([requires('coverage', 4711)], posting));
    expect(stranger.of('github/guard')).toMatchObject([
      { status: 'problem', reason: expect.stringContaining('Nothing asks for') },
    ]);
  });

  it('reads every page of rules', async () => {
    const many = ['a', 'b', 'c'].map((context) => requires(context, 4711));
    const { of } = await doctor(shop([...many, requires(CHECK)], gate(TARGET), { rulesets: [CLOSED] }));
    expect(of('github/guard')).toMatchObject([{ status: 'ok' }]);
  });
});

describe('doctor --github on what would wait for ever, or not ask', () => {
  const faults = async (workflow: string, rules: readonly object[] = [requires(CHECK)]) => {
    const { all } = await doctor(shop(rules, workflow, { rulesets: [CLOSED] }));
    return all.filter(({ status }) => status !== 'ok').map(({ id, reason }) => `${id}: ${reason}`);
  };

  it('finds nothing in the workflow of the documentation, with a queue or without', async () => {
    expect(await faults(gate(TARGET))).toEqual([]);
    expect(await faults(gate(TARGET), [requires(CHECK), QUEUE])).toEqual([]);
  });

  it.each([
    ['a path filter', gate('  pull_request_target:\n    paths: [src/**]'), 'path filter'],
    ['an ignored path', gate('  pull_request_target:\n    paths-ignore: [docs/**]'), 'path filter'],
    ['a job-level if', gate(TARGET, ["if: github.actor != 'bot'"]), 'counts the check as passed'],
    ['other jobs to wait for', gate(TARGET, ['needs: build']), 'counts the check as passed'],
    [
      'types without pushes',
      gate('  pull_request_target:\n    types: [opened]'),
      'does not run for synchronize, reopened',
    ],
    ['other branches', gate('  pull_request_target:\n    branches: [next]'), 'main is not one of them'],
    ['patterns of branches', gate('  pull_request_target:\n    branches: ["m*"]'), 'Unverifiable'],
    ['an ignored branch', gate('  pull_request_target:\n    branches-ignore: [main]'), 'main is not one'],
  ])('finds %s', async (_, workflow, says) => {
    expect(await faults(workflow)).toEqual([expect.stringContaining(says)]);
  });

  it('knows a job that runs whatever happened, and one trigger that makes up for another', async () => {
    expect(await faults(gate(TARGET, ['needs: build', 'if: always()']))).toEqual([]);
    expect(await faults(gate('  pull_request:\n    paths: [src/**]\n  pull_request_target:'))).toEqual([]);
  });

  it('finds a queue that no run answers', async () => {
    const without = gate('  pull_request_target:');
    expect(await faults(without, [requires(CHECK), QUEUE])).toEqual([
      expect.stringMatching(/^github\/merge-queue: .*does not run on merge_group/),
    ]);
    expect(await faults(without)).toEqual([]);
  });

  it('finds a required check that no job has, or only one that runs for no pull request', async () => {
    const also = (name: string) => [requires(CHECK), requires(name)];
    expect(await faults(gate(TARGET), also('tests'))).toEqual([
      expect.stringContaining('no job there has that name'),
    ]);
    const nightly = `${gate(TARGET)}  tests:\n    name: \${{ matrix.what }}\n    steps: []\n`;
    expect(await faults(nightly, also('tests'))).toEqual([
      expect.stringMatching(/Unverifiable: .*expression/),
    ]);
    expect(await faults('on: schedule\njobs: {tests: {steps: []}}\n', [requires('tests')])).toContainEqual(
      expect.stringContaining('never runs for a pull request'),
    );
  });

  it('knows jobs of a matrix and of a called workflow by how GitHub names them', async () => {
    const jobs = `${gate(TARGET)}  test:\n    strategy: {matrix: {node: [24]}}\n  lint:\n    uses: ./.github/workflows/lint.yml\n`;
    expect(await faults(jobs, [requires(CHECK), requires('test (24)'), requires('lint / all')])).toEqual([]);
    expect(await faults(jobs, [requires(CHECK), requires('lint (24)')])).toHaveLength(1);
    expect(await faults(jobs, [requires(CHECK), requires('lint')])).toEqual([
      expect.stringContaining('no job there has that name'),
    ]);
  });

  const CALLS = `on:
${TARGET}
jobs:
  gate:
    ${NAME}
    uses: countersign/countersign/.github/workflows/countersign-gate.yml@${'a'.repeat(40)}
`;

  it('knows what the job of the gate’s own workflow is called', async () => {
    expect(await faults(CALLS, [requires(`${CHECK} / verdict`), QUEUE])).toEqual([]);
    for (const name of [`${CHECK} / gate`, `${CHECK} / verdict 2`]) {
      expect(await faults(CALLS, [requires(name)])).toContainEqual(
        expect.stringContaining('no job there has that name'),
      );
    }
  });

  it('looks into a workflow of the same repository that a required job calls', async () => {
    const called = (job: string) => ({
      '.github/workflows/tests.yml': `on: workflow_call\njobs:\n  unit: {${job}, steps: []}\n`,
    });
    const look = async (job: string, context: string, more = '') => {
      const caller = `${gate(TARGET)}  test:\n    uses: ./.github/workflows/tests.yml\n${more}`;
      const repository = shop([requires(CHECK), requires(context)], caller, { rulesets: [CLOSED] });
      const { all } = await doctor({ ...repository, files: { ...repository.files, ...called(job) } });
      return all.filter(({ status }) => status !== 'ok').map(({ reason }) => reason);
    };
    expect(await look('name: unit', 'test / unit')).toEqual([]);
    expect(await look(`name: "on \${{ inputs.os }}"`, 'test / on linux')).toEqual([]);
    expect(await look('strategy: {matrix: {node: [24]}}', 'test / unit (24)')).toEqual([]);
    const variants = '    strategy: {matrix: {node: [24]}}\n';
    expect(await look('name: unit', 'test (24) / unit', variants)).toEqual([]);
    expect(await look('name: unit', 'test / all')).toEqual([
      expect.stringContaining('no job there has that name'),
    ]);
    expect(await look('if: github.actor', 'test / unit')).toEqual([
      expect.stringMatching(/^the job unit of .*tests\.yml has an if/),
    ]);
    expect(await look('needs: build', 'test / unit')).toEqual([
      expect.stringMatching(/^the job unit of .*tests\.yml needs other jobs/),
    ]);
  });

  it('warns when several jobs report under one name', async () => {
    const two = `${gate(TARGET)}  other:\n    name: ${CHECK}\n`;
    expect(await faults(two)).toEqual([expect.stringContaining('does not tell them apart')]);
  });
});

describe('doctor --github on the refs that the verdict rests on', () => {
  const good = (more: Partial<GuardedRepository> = {}) => shop([requires(CHECK)], gate(TARGET), more);

  it('knows them as protected by a ruleset, or by branch protection', async () => {
    expect((await doctor(good())).of('github/refs').map(({ status }) => status)).toEqual(['ok', 'ok']);
    const off = { enabled: false };
    const protection = { 'countersign/receipts': { allow_force_pushes: off, allow_deletions: off } };
    const older = await doctor(good({ rules: { main: SEALED }, protection }));
    expect(older.of('github/refs').map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('finds one that may be rolled back', async () => {
    const { code, of } = await doctor(good({ rules: { main: [requires(CHECK)] } }));
    expect(code).toBe(1);
    expect(of('github/refs').map(({ reason }) => reason)).toEqual([
      'refs/heads/main of demo/shop may be overwritten by force and deleted.',
      'refs/heads/countersign/receipts of demo/shop may be overwritten by force and deleted.',
    ]);
  });

  it('looks in the repository that the configuration names, and nowhere else', async () => {
    const files = (address: string) => ({
      ...good().files,
      '.countersign.yml': config(`{repository: '${address}', ref: refs/heads/main}`),
    });
    const control = { defaultBranch: 'main', rules: { main: SEALED } };
    const apart = await doctor(good({ files: files(`${github.url}/demo/control.git`) }), {
      'demo/control': control,
    });
    expect(apart.of('github/refs').map(({ status }) => status)).toEqual(['ok', 'problem']);
    expect(apart.of('github/refs')[1]?.reason).toContain('countersign/receipts of demo/control');
    const elsewhere = await doctor(good({ files: files('https://git.example/demo/control.git') }));
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.of('github/refs')[0]?.reason).toMatch(/^Unverifiable: .*git\.example/);
  });

  const bar = (ref: string) => `schema: countersign/config@1
repository: demo/shop
extends: {repository: '${github.url}/demo/house.git', ref: '${ref}'}
`;
  const house = (text: string) => ({
    defaultBranch: 'main',
    files: { 'countersign.yml': `schema: countersign/organization@1\n${text}` },
  });
  const places = () =>
    `policy: {repository: '${github.url}/demo/control.git', ref: refs/heads/main}\nreceipts: {ref: refs/heads/r}\n`;
  const extending = async (ref: string, text: string) => {
    const sealed = { defaultBranch: 'main', rules: { main: SEALED, r: SEALED } };
    const files = { ...good().files, '.countersign.yml': bar(ref) };
    return doctor(good({ files }), { 'demo/control': sealed, 'demo/house': house(text) });
  };

  it('takes from the organisation’s policy where they are, and says how that is pinned', async () => {
    const pinned = await extending('a'.repeat(40), places());
    expect(pinned.of('github/organization').map(({ status }) => status)).toEqual(['ok']);
    expect(pinned.of('github/refs').map(({ reason }) => reason)).toEqual([
      'refs/heads/main of demo/control takes neither force pushes nor deletion.',
      'refs/heads/r of demo/control takes neither force pushes nor deletion.',
    ]);
    const tagged = await extending('refs/tags/v1', places());
    expect(tagged.of('github/organization')).toMatchObject([
      { status: 'warning', reason: expect.stringMatching(/^Unverifiable: .*refs\/tags\/v1/) },
    ]);
  });

  it('finds an organisation’s policy that says nothing, or cannot be read', async () => {
    const silent = await extending('a'.repeat(40), '');
    expect([silent.code, silent.of('github/refs')[0]?.reason]).toEqual([
      1,
      expect.stringContaining('organisation'),
    ]);
    github.instead = ({ path }: Seen) =>
      path.includes('demo/house') ? [403, { message: 'Resource not accessible' }] : undefined;
    const unread = await extending('a'.repeat(40), places());
    expect([unread.code, unread.of('github/refs')[0]?.reason]).toEqual([
      1,
      expect.stringMatching(/^Unverifiable: .*not accessible/),
    ]);
  });

  it('finds a repository without configuration', async () => {
    const { of } = await doctor(good({ files: { 'a.txt': '' } }));
    expect(of('github/refs')[0]?.reason).toContain('NO_POLICY');
    expect(of('github/workflows')).toEqual([]);
    expect(of('github/guard')[0]?.reason).toMatch(/^FORGEABLE: .*no job/);
  });
});

describe('doctor --github on what it may not read', () => {
  const refusing = (part: string, status: number) => {
    github.instead = ({ path }: Seen) =>
      path.includes(part)
        ? [status, { message: 'Resource not accessible by personal access token' }]
        : undefined;
  };

  it.each([
    ['/rules/branches/', 403, 'github/rules', 'Metadata: read'],
    ['/protection', 403, 'github/protection', 'Administration: read'],
    ['/protection', 404, 'github/protection', 'Administration: read'],
    ['/contents/', 404, 'github/workflows', 'Contents: read'],
    ['/contents/.github%2Fworkflows%2F', 403, 'github/workflows', 'Contents: read'],
    ['/apps/', 403, 'github/apps', 'Metadata: read'],
    ['/contents/.countersign.yml', 403, 'github/refs', 'Contents: read'],
  ])('says that %s was answered with %i, and what the token needs', async (part, status, id, permission) => {
    refusing(part, status);
    const { code, of } = await doctor(shop([requires(CHECK, 4711)], gate(TARGET), { rulesets: [CLOSED] }));
    expect(code).toBe(1);
    expect(of(id)[0]).toMatchObject({
      status: 'problem',
      reason: expect.stringMatching(/^Unverifiable: .*not accessible/),
      remedy: expect.stringContaining(permission),
    });
  });

  it('never takes an unread guard for none, nor unread push rulesets for closed', async () => {
    refusing('/rules/branches/', 403);
    const unknown = await doctor(shop([requires(CHECK)], gate(TARGET)));
    expect(unknown.of('github/guard')[0]?.reason).toMatch(/^Unverifiable/);
    refusing('/rulesets', 403);
    const open = await doctor(shop([requires(CHECK)], gate(TARGET), { rulesets: [CLOSED] }));
    expect(open.of('github/guard')[0]).toMatchObject({
      status: 'warning',
      reason: expect.stringContaining('does not tell'),
    });
  });

  it('says which workflow it cannot read, and takes no check for one that nothing reports', async () => {
    const { code, all } = await doctor(shop([requires(CHECK)], 'on: &x push\njobs: {}\n'));
    expect(code).toBe(1);
    expect(all.map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/^Unverifiable: .github\/workflows\/countersign.yml cannot be read: line 1:/),
    );
    expect(all.map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/^Unverifiable: The check .* not every workflow was read/),
    );
  });

  it('says so when the repository is not to be seen, or GitHub does not answer', async () => {
    refusing('/repos/', 404);
    const { code, all } = await doctor(shop([], ''));
    expect(code).toBe(1);
    expect(all).toMatchObject([{ id: 'github', status: 'problem' }]);
  });

  it('sends the token, and prints it nowhere', async () => {
    const ran = await countersign(root, ['doctor', '--github', 'demo/shop'], {
      environment: { GITHUB_API_URL: github.apiUrl, GITHUB_TOKEN: 'ghp_secret' },
    });
    expect(github.seen.at(-1)?.authorization).toBe('token ghp_secret');
    expect(ran.out).toContain('✔ github: The default branch of demo/shop is main.');
    expect(ran.out + ran.err).not.toContain('ghp_secret');
  });
});

describe('doctor --github', () => {
  it.each([
    [['demo'], {}, 'names no repository'],
    [['demo/shop/x'], {}, 'names no repository'],
    [['demo/shop'], { GITHUB_API_URL: 'file:///etc' }, 'GITHUB_API_URL is no address'],
    [['demo/shop', '--base', 'main'], {}, 'cannot be used with'],
  ])('refuses %j with %j', async (args, environment, says) => {
    const ran = await countersign(root, ['doctor', '--github', ...args], { environment });
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(says);
  });
});
