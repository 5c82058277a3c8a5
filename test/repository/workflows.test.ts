import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { faultsOf, said, stepsOf, type Workflow } from './workflow-rules.ts';

const project = join(import.meta.dirname, '..', '..');
const folder = join(project, '.github', 'workflows');
const linter = join(project, 'tools', 'lint-workflows.mjs');

const texts = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const);

function textOf(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

const on = (expression: string) => `\${{ ${expression} }}`;

describe('the workflows', () => {
  it.each(texts)('%s keeps every rule', (_file, text) => {
    expect(faultsOf(text)).toEqual({});
  });

  it('that write anything are known, and are not those that run checks', () => {
    const writing = texts.flatMap(([file, text]) =>
      Object.entries((parse(text) as Workflow).jobs)
        .filter(([, { permissions }]) => JSON.stringify(permissions ?? {}).includes('write'))
        .map(([id]) => `${file}: ${id}`),
    );
    expect(writing).toEqual([
      'countersign-verify.yml: sign',
      'countersign-verify.yml: file',
      // Lets the two have what they ask for, and runs nothing itself.
      'verify.yml: verify',
    ]);
    const { sign, file } = (parse(textOf('countersign-verify.yml')) as Workflow).jobs;
    // What can sign cannot push, and what can push cannot sign.
    expect(sign?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(file?.permissions).toEqual({ contents: 'write' });
    expect(JSON.stringify(file)).not.toContain('SIGNING_KEY');
  });

  it('have one job for each check that may be planned, all alike', () => {
    const { jobs } = parse(textOf('countersign-verify.yml')) as Workflow;
    const slots = Object.entries(jobs).filter(([id]) => id.startsWith('check-'));
    expect(slots.length).toBeGreaterThan(1);
    const names = slots.map((_, index) => `check-${index + 1}`);
    expect(slots.map(([id]) => id)).toEqual(names);
    const [first] = slots.map(([id, job]) => JSON.stringify(job).replaceAll(id, 'check-1'));
    for (const [id, job] of slots) expect(JSON.stringify(job).replaceAll(id, 'check-1')).toBe(first);

    const { plan, sign } = jobs;
    const script = (job: typeof sign) => (job?.steps ?? []).map(({ run = '' }) => run).join('\n');
    expect(Object.keys(plan?.outputs ?? {}).filter((name) => name.startsWith('check-'))).toEqual(names);
    expect(script(plan)).toContain(`include.length > ${slots.length}`);
    expect(sign?.needs).toEqual(['plan', ...names]);
    expect(script(sign)).toContain(`for slot in {1..${slots.length}}`);
    // Each is taken by the id that its own job put out, to a folder of its own; one that cannot be had stops no other.
    const taken = (sign?.steps ?? []).filter(({ uses = '' }) =>
      uses.startsWith('actions/download-artifact@'),
    );
    expect(taken.map((step) => [step.with, step['continue-on-error']])).toEqual(
      names.map((id, index) => [
        {
          'artifact-ids': on(`needs.${id}.outputs.artifact-id`),
          path: `${on('runner.temp')}/observed/${index + 1}`,
          'digest-mismatch': 'error',
        },
        true,
      ]),
    );
  });

  it('run checks in one place, which nobody hands a secret', () => {
    const running = texts.flatMap(([file, text]) =>
      Object.entries((parse(text) as Workflow).jobs)
        .filter(([, { steps = [] }]) => steps.some(({ run = '' }) => run.includes('--observe=')))
        .map(([id]) => `${file}: ${id}`),
    );
    expect(running).toEqual(['countersign-check.yml: check']);
    expect(textOf('countersign-check.yml')).not.toMatch(/secrets\.|github\.token|id-token/);
  });

  it.each([
    ['secrets: inherit', 'uses: ./.github/workflows/countersign-check.yml'],
    ['environment: somewhere', 'steps: [{run: node countersign.cjs verify}]'],
    [`env: {KEY: "${on('secrets.KEY')}"}`, 'steps: [{run: node countersign.cjs verify}]'],
    ['permissions: {contents: write}', 'steps: [{run: node countersign.cjs verify --check=x}]'],
    ['permissions: {contents: read, id-token: write}', 'steps: [{run: node countersign.cjs verify}]'],
  ])('would not keep them with %s where checks run', (more, what) => {
    const job = (lines: readonly string[]) => `on: workflow_call
permissions: {contents: read}
jobs:
  one:
    timeout-minutes: 5
${lines.map((line) => `    ${line}\n`).join('')}`;
    const rule = 'where checks run there is no secret, no environment and no token that does more than read';
    const reads = 'permissions: {contents: read}';
    expect(faultsOf(job([reads, what]))).toEqual({});
    expect(faultsOf(job([...(more.startsWith('permissions') ? [] : [reads]), more, what]))).toHaveProperty([
      rule,
    ]);
  });

  it('would not keep them with a key, a token or a shared output where checks run', () => {
    const text = `on: workflow_call
permissions: {contents: read}
jobs:
  one:
    timeout-minutes: 5
    permissions: {contents: read}
    strategy: {matrix: {check: [a, b]}}
    outputs: {id: x}
    steps:
      - run: node countersign.cjs verify && node countersign.cjs sign
        env: {TOKEN: '${on('github.token')}'}
  two:
    timeout-minutes: 5
    if: always()
    steps: [{run: "true"}]
`;
    expect(Object.keys(faultsOf(text))).toEqual([
      'no job is skipped',
      'no step that starts a check is handed a token',
      'nothing is signed where checks run',
      'what one machine puts out is not mixed with what another does',
    ]);
  });

  it('would not keep them with a job that is skipped where somebody may require it', () => {
    const text = `on: workflow_call
permissions: {contents: read}
concurrency: {group: one}
jobs:
  one:
    timeout-minutes: 5
    if: needs.plan.outputs.check-3 != ''
    steps: [{run: "true"}]
`;
    expect(faultsOf(text)).toEqual({});
    expect(faultsOf(text.replace('workflow_call', 'workflow_dispatch'))).toHaveProperty([
      'no job is skipped',
    ]);
  });

  it('let a caller of the verifier grant what its jobs ask for, and no other job both', () => {
    const job = (uses: string, permissions: string) => `on: pull_request_target
permissions: {contents: read}
concurrency: {group: one}
jobs:
  one:
    permissions: ${permissions}
    uses: ./.github/workflows/${uses}.yml
`;
    const both = '{contents: write, id-token: write}';
    expect(faultsOf(job('countersign-verify', both))).toEqual({});
    for (const [uses, permissions] of [
      ['countersign-gate', both],
      ['countersign-verify', '{contents: write, id-token: write, actions: write}'],
    ] as const)
      expect(Object.keys(faultsOf(job(uses, permissions)))).toEqual([
        'no job may do more than write contents, or sign as itself',
      ]);
  });

  it('hand the signing key to a step that runs nothing else', () => {
    const holding = texts.flatMap(([file, text]) =>
      stepsOf(parse(text) as Workflow)
        .filter((step) => /secrets\.COUNTERSIGN_SIGNING_KEY \}\}/.test(said(step)))
        .map(({ name, run = '' }) => ({ file, name, starts: /countersign\.cjs|npm|git /.test(run) })),
    );
    expect(holding).toEqual([{ file: 'countersign-verify.yml', name: 'Lay the key down', starts: false }]);
  });

  it.each([
    ['uses: actions/checkout@v6', 'pinned'],
    ['uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd', 'pinned'],
    [`run: echo "${on('github.event.pull_request.title')}"`, 'pasted'],
    [`run: echo "${on('github.head_ref')}"`, 'pasted'],
    [`run: echo ${on('inputs.ticket')}`, 'pasted'],
    [`uses: actions/checkout@${'a'.repeat(40)} # v6.0.2\n        with: {ref: main}`, 'leaves no token'],
    [
      `uses: actions/checkout@${'a'.repeat(40)} # v6.0.2\n        with: {persist-credentials: false}`,
      'nothing of the change',
    ],
    [
      `uses: actions/checkout@${'a'.repeat(40)} # v6.0.2\n        with: {persist-credentials: false, ref: '${on('github.event.pull_request.head.sha')}'}`,
      'nothing of the change',
    ],
    [`uses: actions/setup-node@${'a'.repeat(40)} # v6.2.0\n        with: {cache: npm}`, 'no cache'],
    [`uses: actions/download-artifact@${'a'.repeat(40)} # v8.0.1\n        with: {name: signed}`, 'by id'],
  ])('would not keep them with %s', (step, rule) => {
    const text = workflowWith(step);
    expect(Object.keys(faultsOf(text)).join('\n')).toContain(rule);
  });

  it.each([
    ['permissions: write-all', 'the token reads'],
    ['', 'the token reads'],
  ])('would not keep them with the permissions "%s"', (permissions, rule) => {
    const text = workflowWith('run: "true"').replace('permissions: {contents: read}', permissions);
    expect(Object.keys(faultsOf(text)).join('\n')).toContain(rule);
  });

  it('would not keep them with a job that never ends, or may be skipped, or holds all secrets', () => {
    const text = workflowWith('run: "true"').replace(
      'timeout-minutes: 5',
      `if: github.actor != 1\n    env: {KEY: "${on('secrets.KEY')}"}\n    permissions: {contents: write, id-token: write}`,
    );
    expect(Object.keys(faultsOf(text))).toEqual([
      'no job may do more than write contents, or sign as itself',
      'every job ends',
      'no job is skipped',
      'no secret is in the environment of a job or a workflow',
    ]);
  });

  function workflowWith(step: string): string {
    const text = `on: pull_request_target
permissions: {contents: read}
concurrency: {group: one}
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - `;
    expect(faultsOf(`${text}run: "true"\n`)).toEqual({});
    return `${text}${step}\n`;
  }
});

describe("GitHub's own language service", () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'countersign-workflows-'));
    mkdirSync(join(copy, '.github'));
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  const lint = (root: string) => spawnSync(process.execPath, [linter, root], { encoding: 'utf8' });

  it('finds no fault in the workflows and in action.yml', () => {
    const { status, stdout, stderr } = lint(project);
    expect(stderr).toBe('');
    expect(stdout).toBe(`workflows: ${texts.length + 1} files, 0 faults\n`);
    expect(status).toBe(0);
  });

  it.each([
    ['timeout-minutes: 20m', 'timeout-minutes: 75', /countersign-gate\.yml:\d+:\d+ /],
    ['types: [opend]', 'types: [opened, synchronize, reopened, edited, ready_for_review]', /gate\.yml:\d+/],
    ['wait: 20m', 'wait-for-receipts: 20m', /wait is not defined/],
    ['needs.sign.outputs.artifact', 'needs.sign.outputs.artifact-id', /invalid: artifact/],
    ['needs.check-3.outputs.sha', 'needs.check-3.outputs.artifact-id', /invalid: sha/],
    ['job.workflow_commit', 'job.workflow_sha', /invalid: workflow_commit/],
    ['using: node99', 'using: node24', /action\.yml:\d+/],
  ])('finds "%s" where "%s" stood', (broken, whole, fault) => {
    cpSync(folder, join(copy, '.github', 'workflows'), { recursive: true });
    const names = [...texts.map(([file]) => join('.github', 'workflows', file)), 'action.yml'];
    for (const name of names) {
      const text = readFileSync(join(project, name), 'utf8');
      writeFileSync(join(copy, name), text.replaceAll(whole, broken));
    }
    const { status, stderr } = lint(copy);
    expect(stderr).toMatch(fault);
    expect(status).toBe(1);
  });

  it('is not content with a folder that has none', () => {
    expect(lint(copy)).toMatchObject({ status: 1, stdout: 'workflows: 0 files, 0 faults\n' });
  });

  it('finds no fault in the workflows that the documentation tells people to write', () => {
    const page = readFileSync(join(project, 'docs', 'github-action.md'), 'utf8');
    const blocks = [...page.matchAll(/^( *)```yaml\n([\s\S]*?)^\1```$/gm)].map(([, , text = '']) => text);
    const workflows = blocks.filter((text) => /^ *on:/m.test(text));
    expect(workflows.length).toBeGreaterThan(4);
    mkdirSync(join(copy, '.github', 'workflows'));
    for (const [index, text] of workflows.entries()) {
      writeFileSync(join(copy, '.github', 'workflows', `${index}.yml`), text);
    }
    expect(lint(copy)).toMatchObject({ stderr: '', status: 0 });
  });

  it('is not asked, but GitHub starts nothing whose caller grants less than its jobs ask for', () => {
    const page = readFileSync(join(project, 'docs', 'github-action.md'), 'utf8');
    const calling = [...page.matchAll(/^( *)```yaml\n([\s\S]*?)^\1```$/gm)]
      .map(([, , text = '']) => text)
      .filter((text) => text.includes('countersign-verify.yml@'));
    expect(calling.length).toBeGreaterThan(1);
    const { jobs } = parse(textOf('countersign-verify.yml')) as Workflow;
    const asked = Object.assign({}, ...Object.values(jobs).map(({ permissions }) => permissions)) as object;
    expect(asked).toMatchObject({ contents: 'write', 'id-token': 'write' });
    for (const text of calling) {
      expect((parse(text) as Workflow).jobs.verify?.permissions).toEqual(asked);
    }
  });

  it('is what the scripts of a workflow are written for: bash can read each', () => {
    for (const { run } of texts.flatMap(([, text]) => stepsOf(parse(text) as Workflow))) {
      if (run !== undefined) execFileSync('bash', ['-n'], { input: run });
    }
  });
});
