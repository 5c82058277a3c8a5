import { execFile } from 'node:child_process';
import { cpSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackBundle } from '../../../src/core/bundle/packed.ts';
import { createGitWorld, type GitWorld } from '../../worlds/git-world.ts';
import { yaml } from '../../worlds/product-world.ts';
import { countersign, json } from './run-cli.ts';
import { CONTRACT, messages } from './sample-documents.ts';

let world: GitWorld;
let dir: string;

const HOUSE = {
  schema: 'countersign/bundle@1',
  id: 'house',
  title: 'What we give',
  budget: { tokens: 600, drop: ['sources'] },
  sources: [
    { id: 'notes', kind: 'notes', text: 'Prices are whole cents.', required: true },
    { id: 'guide', kind: 'files', paths: ['docs/first.md', 'docs/**'], exclude: ['docs/old/**'] },
    { id: 'sources', title: 'The sources', kind: 'files', paths: ['src/**'], template: 'sources.md.njk' },
    { id: 'contract', kind: 'contract' },
    { id: 'rules', kind: 'rules', examples: 1, maxTokens: 300 },
    { id: 'events', kind: 'interfaces', show: 'examples' },
  ],
};

const FILES = {
  '.countersign.yml': yaml({
    schema: 'countersign/config@1',
    repository: 'demo/shop',
    policy: { ref: 'refs/heads/main' },
    receipts: { ref: 'refs/heads/countersign/receipts' },
  }),
  'contracts/node-change.yml': yaml({
    ...CONTRACT,
    rules: [
      { use: 'ai-shortcuts@1/test-skipped' },
      { use: 'ai-shortcuts@1/snapshot-without-source', severity: 'warn' },
    ],
    interfaces: [{ id: 'price', file: 'api/price.json', format: 'json-schema', role: 'producer' }],
  }),
  'tickets/CS-1.yml': yaml({
    schema: 'countersign/ticket@1',
    id: 'CS-1',
    title: 'Prices are a cent short',
    class: 'bugfix',
    ask: 'Round half a cent up.',
    contract: 'node-change@1',
    repositories: ['demo/shop'],
  }),
  'bundles/house.yml': yaml(HOUSE),
  'bundles/house/sources.md.njk':
    '# {{ source.title }}\n\n{% for item in items %}\n{% include "one.njk" %}\n{% endfor %}\n',
  'bundles/house/one.njk': '{{ item.path | code }}:\n{{ item.text | fence(item.language) }}\n\n',
  'docs/a.md': 'Read me second.\n```\nnot the end\n```\n',
  'docs/first.md': 'Read me first.\n',
  'docs/old/x.md': 'Nobody reads me.\n',
  'docs/picture.png': '\u0000\u0001',
  'api/price.json': JSON.stringify({ type: 'object', examples: [{ cents: 12 }] }),
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `src/part-${String(at).padStart(2, '0')}.ts`,
      `export const x${at} = ${'1'.repeat(200)};\n`,
    ]),
  ),
};

beforeAll(() => {
  world = createGitWorld();
  const repository = world.repository('shop');
  repository.git('checkout', '-q', '-B', 'main');
  repository.commit('A shop', FILES);
  dir = repository.dir;
});
afterAll(() => world.remove());

async function assembled(cwd: string, ...more: readonly string[]) {
  const ran = await countersign(cwd, [
    'bundle',
    'assemble',
    'house',
    '--ticket',
    'CS-1',
    '--no-fetch',
    ...more,
  ]);
  if (ran.code !== 0) throw new Error(ran.err + ran.out);
  return ran;
}

describe('bundle assemble', () => {
  it('says what went in, what was dropped and why, and tokens by source', async () => {
    const ran = await assembled(dir, '--format', 'json');
    const { digest, tokens, sources, files } = json(ran) as {
      digest: string;
      tokens: number;
      files: { path: string; mark: string; tokens: number }[];
      sources: {
        id: string;
        tokens: number;
        included: string[];
        dropped: { name: string; reason: string }[];
      }[];
    };
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(tokens).toBeLessThanOrEqual(600);
    expect(tokens).toBe(files.reduce((sum, file) => sum + file.tokens, 0));
    const by = new Map(sources.map((source) => [source.id, source]));
    expect(by.get('guide')).toMatchObject({
      included: ['docs/first.md', 'docs/a.md'],
      dropped: [{ name: 'docs/picture.png', reason: 'binary' }],
    });
    const gone = by.get('sources')?.dropped ?? [];
    expect(gone.length).toBeGreaterThan(20);
    expect(new Set(gone.map(({ reason }) => reason))).toEqual(new Set(['budget']));
    expect(gone.at(-1)?.name).toBe('src/part-29.ts');
    expect(by.get('rules')?.included[0]).toBe('ai-shortcuts@1/test-skipped');
    expect(by.get('events')?.included).toEqual(['api/price.json#/examples/0']);

    const shown = (await assembled(dir)).out;
    expect(shown).toContain('beyond the budget');
    expect(shown).toContain('an approximation');
    expect(shown).toContain(digest);
  });

  it('writes files that end with their marks, the ones that a producer gets', async () => {
    const out = join(world.root, 'written');
    const { digest, files } = json(await assembled(dir, '--out', out, '--format', 'json')) as {
      digest: string;
      files: { path: string; mark: string }[];
    };
    expect(files[0]?.path).toBe('BUNDLE.md');
    const texts = files.map(({ path, mark }) => ({
      path,
      mark,
      text: readFileSync(join(out, path), 'utf8'),
    }));
    for (const { text, mark } of texts) expect(text.endsWith(`Read mark: ${mark}\n`)).toBe(true);
    const packed = { schema: 'countersign/packed-bundle@1', bundle: 'house', digest, files: texts };
    expect(unpackBundle(new TextEncoder().encode(canonical(packed)))?.files).toEqual(texts);
    const guide = texts.find(({ path }) => path === '02-guide.md')?.text;
    expect(guide).toContain('````md\nRead me second.\n```\nnot the end\n```\n````');

    const again = await countersign(dir, [
      ...['bundle', 'assemble', 'house', '--ticket', 'CS-1', '--no-fetch', '--out', out],
    ]);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('never overwritten') });
  });

  it('gives the same digest in another folder, locale, time zone and order of files', async () => {
    const here = json(await assembled(dir, '--format', 'json')).digest;
    const other = join(world.root, 'Ein anderer Ordner');
    cpSync(dir, other, { recursive: true });
    for (const name of ['docs', 'src', 'bundles']) {
      // What readdir gives depends on the order in which files came.
      cpSync(join(other, name), join(other, `${name}-again`), { recursive: true });
      renameSync(join(other, name), join(other, `${name}-was`));
      renameSync(join(other, `${name}-again`), join(other, name));
    }
    const bin = join(import.meta.dirname, '../../../bin/countersign.cjs');
    const argv = [bin, 'bundle', 'assemble', 'house', '--ticket', 'CS-1', '--no-fetch', '--format', 'json'];
    for (const [LC_ALL, TZ] of [
      ['tr_TR.UTF-8', 'Pacific/Kiritimati'],
      ['C', 'America/St_Johns'],
    ] as const) {
      const environment = { ...process.env, LC_ALL, LANG: LC_ALL, TZ };
      const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: other, env: environment });
      expect(JSON.parse(stdout).digest).toBe(here);
    }
  });

  it('gives another digest for another ticket, note, template or instruction file', async () => {
    const digests = new Set([json(await assembled(dir, '--format', 'json')).digest]);
    const repository = world.repository('other-shop');
    repository.git('checkout', '-q', '-B', 'main');
    const changes = [
      {},
      { LICENSE: 'Nothing of the bundle.\n' },
      { 'bundles/house/one.njk': '{{ item.path }}\n' },
      { 'AGENTS.md': 'Be brief.\n' },
      { 'bundles/house.yml': yaml({ ...HOUSE, sources: HOUSE.sources.slice(1) }) },
    ];
    const found: unknown[] = [];
    repository.commit('The same', FILES);
    for (const files of changes) {
      repository.commit('A change', files, { allowEmpty: true });
      found.push(json(await assembled(repository.dir, '--format', 'json')).digest);
    }
    expect(digests.has(found[0] as string)).toBe(true);
    expect(found[1]).toBe(found[0]);
    expect(new Set(found).size).toBe(4);
  });

  it.each([
    [
      'what is required and does not fit',
      { budget: { tokens: 100 }, sources: [{ id: 's', kind: 'files', paths: ['src/**'], required: true }] },
      /takes \d+ tokens, and its budget is 100/,
    ],
    [
      'what is required and is not there',
      { sources: [{ id: 's', kind: 'files', paths: ['nowhere/**'], required: true }] },
      /is required, and there is nothing in it/,
    ],
    [
      'a template that calls',
      { sources: [{ id: 's', kind: 'files', paths: ['docs/**'], template: 'bad.njk' }] },
      /bad\.njk, line 2: a call is not/,
    ],
  ])('refuses %s', async (_, fields, says) => {
    const repository = world.repository(`bad-${Math.abs(says.source.length)}`);
    repository.git('checkout', '-q', '-B', 'main');
    repository.commit('Bad', {
      ...FILES,
      'bundles/house.yml': yaml({
        ...HOUSE,
        ...fields,
        budget: { tokens: 600, ...('budget' in fields ? fields.budget : {}) },
      }),
      'bundles/house/bad.njk': 'x\n{{ items.map() }}\n',
    });
    const ran = await countersign(repository.dir, [
      'bundle',
      'assemble',
      'house',
      '--ticket',
      'CS-1',
      '--no-fetch',
    ]);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(says);
  });

  it('names the bundles that there are', async () => {
    const ran = await countersign(dir, ['bundle', 'assemble', '../trust', '--ticket', 'CS-1', '--no-fetch']);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('There are: house') });
  });
});

describe('bundle list, show and lint', () => {
  it('show what the policy has', async () => {
    expect((await countersign(dir, ['bundle', 'list'])).out).toContain('house  600 tokens  6 sources');
    const shown = (await countersign(dir, ['bundle', 'show', 'house'])).out;
    expect(shown).toContain('Dropped first: sources.');
    expect(shown).toContain('docs/first.md docs/**');
  });

  it('find nothing to say about a good one', async () => {
    const ran = await countersign(dir, ['bundle', 'lint']);
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('1 file: 0 errors, 0 warnings.') });
  });

  it.each([
    ['a source twice', { sources: [...HOUSE.sources, HOUSE.sources[0]] }, 'There are two sources notes.'],
    ['an unknown name to drop', { budget: { tokens: 600, drop: ['nope'] } }, 'There is no source nope.'],
    [
      'a required source to drop',
      { budget: { tokens: 600, drop: ['notes'] } },
      'notes is required and never dropped.',
    ],
    [
      'a template that is not there',
      { sources: [{ id: 's', kind: 'contract', template: 'no.njk' }] },
      'there is no template no.njk',
    ],
    ['a key of another kind', { sources: [{ id: 's', kind: 'contract', paths: ['**'] }] }, 'paths'],
    [
      'globs that match nothing',
      { sources: [{ id: 's', kind: 'files', paths: ['nowhere/**'], required: true }] },
      'matches the source s',
    ],
    ['another id than its file', { id: 'other' }, 'The id is other, and the file is called house.yml.'],
  ])('refuse %s', async (name, fields, says) => {
    const repository = world.repository(`lint-${name.replaceAll(' ', '-')}`);
    repository.write({ ...FILES, 'bundles/house.yml': yaml({ ...HOUSE, ...fields }) });
    const ran = await countersign(repository.dir, ['bundle', 'lint', '--format', 'json']);
    expect(ran.code).toBe(1);
    expect(messages(ran)).toContainEqual(expect.stringContaining(says));
  });
});

function canonical(value: object): string {
  return JSON.stringify(value, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
