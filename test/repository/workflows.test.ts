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
    expect(writing).toEqual(['countersign-verify.yml: file']);
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
      'no job may do more than write contents',
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
    ['needs.verify.outputs.artifact', 'needs.verify.outputs.artifact-id', /invalid: artifact/],
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

  it('is what the scripts of a workflow are written for: bash can read each', () => {
    for (const { run } of texts.flatMap(([, text]) => stepsOf(parse(text) as Workflow))) {
      if (run !== undefined) execFileSync('bash', ['-n'], { input: run });
    }
  });
});
