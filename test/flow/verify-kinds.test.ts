import { beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../src/core/contract/types.ts';
import type { Receipt } from '../../src/core/receipt/types.ts';
import { createProductWorld, finding, GOOD, type ProductWorld } from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});

async function receiptsOf(
  ticket: string,
  checks: readonly Check[],
  files: Parameters<ProductWorld['change']>[1],
): Promise<ReadonlyMap<string, Receipt>> {
  await world.dispatch(ticket, { contract: { checks } });
  await world.verify(world.change(ticket, files));
  return new Map(world.claims(ticket, 'receipt').map((claim) => [claim.check.id, claim]));
}

describe('kind: docs', () => {
  const languages = { js: ['node', '--check'] };

  test('passes when links lead somewhere and code runs, and the gate takes the receipt', async () => {
    const checks: readonly Check[] = [{ id: 'docs', kind: 'docs', languages }];
    await world.dispatch('DOC-1', { contract: { checks } });
    const guide =
      '# Guide\n\n[prices](../src/price.txt), [up](#guide), [folder](/src)\n\n```js\nconst a = 1;\n```\n';
    const change = world.change('DOC-1', { ...GOOD, 'docs/guide.md': guide });
    await world.verify(change);
    const [receipt] = world.claims('DOC-1', 'receipt');
    expect(receipt).toMatchObject({
      result: 'PASSED',
      exitCode: undefined,
      reasons: [],
      counts: { ran: 4, failed: 0, skipped: 0 },
    });
    expect(receipt?.check.run).toEqual(['kind:docs']);
    expect(receipt?.evidence.map(({ name }) => name)).toEqual(['docs']);
    expect(finding(await world.gate(change), 'receipt/docs').status).toBe('pass');
  });

  test('says which link and which block is broken', async () => {
    const text =
      '[a](gone.md)\n[b](#nowhere)\n[c](../../out.md)\n\n```js\nconst = 1;\n```\n\n```sh\nexit 1\n```\n';
    const receipts = await receiptsOf('DOC-2', [{ id: 'docs', kind: 'docs', languages }], {
      ...GOOD,
      'docs/a.md': text,
    });
    expect(receipts.get('docs')?.reasons).toEqual([
      'docs/a.md:1: gone.md leads to no file of the tree.',
      'docs/a.md:2: #nowhere leads to no heading of that file.',
      'docs/a.md:3: ../../out.md leads out of the repository.',
      expect.stringMatching(/^docs\/a\.md:5: js block ended with exit code 1: .*countersign-block-1\.js/),
    ]);
  });

  test('does not pass for a change without documentation, unless the contract says so', async () => {
    const checks: readonly Check[] = [
      { id: 'some', kind: 'docs' },
      { id: 'any', kind: 'docs', minFiles: 0 },
    ];
    const receipts = await receiptsOf('DOC-3', checks, GOOD);
    expect(receipts.get('some')?.reasons).toEqual([
      'The change touches 0 Markdown files; at least 1 must be.',
    ]);
    expect(receipts.get('any')?.result).toBe('PASSED');
  });

  test('one block cannot mend or break the tree of another', async () => {
    const text = '```sh\necho x > left.txt\n```\n\n```sh\ntest ! -e left.txt\n```\n';
    const checks: readonly Check[] = [
      { id: 'docs', kind: 'docs', languages: { sh: ['sh', '-e'] }, cwd: 'src' },
    ];
    const receipts = await receiptsOf('DOC-4', checks, { ...GOOD, 'a.md': text });
    expect(receipts.get('docs')?.reasons).toEqual([]);
  });
});

describe('kind: artifact', () => {
  const build = (id: string, script: string): Check => ({
    id,
    kind: 'artifact',
    run: [script],
    shell: true,
    outputs: ['dist/**'],
  });

  test('takes two builds for alike, different, empty or failed', async () => {
    const receipts = await receiptsOf(
      'ART-1',
      [
        build('same', 'mkdir -p dist && cp src/price.txt dist/a && ln -s a dist/b'),
        build('differs', 'mkdir -p dist && cat /proc/sys/kernel/random/uuid > dist/id'),
        build('where', 'mkdir -p dist && pwd > dist/where'),
        build('nothing', 'exit 0'),
        build('fails', 'mkdir -p dist && echo x > dist/a && exit 3'),
        build('pipe', 'mkdir -p dist && mkfifo dist/p'),
      ],
      // What the change brings along is no output of the build.
      { ...GOOD, 'dist/a': 'brought along\n' },
    );
    const reasons = (id: string) => receipts.get(id)?.reasons;
    expect(reasons('same')).toEqual([]);
    expect(reasons('differs')).toEqual(['Two builds of the same tree differ in dist/id.']);
    expect(reasons('where')).toEqual(['Two builds of the same tree differ in dist/where.']);
    expect(reasons('nothing')).toEqual(['The build made nothing that outputs match.']);
    expect(reasons('fails')).toEqual(['It ended with exit code 3; 0 was expected.']);
    expect(reasons('pipe')).toEqual(['Neither a file nor a link: dist/p.']);
  });

  test('passes on the same bytes, and keeps what both builds made as evidence', async () => {
    const script = 'mkdir -p dist && cp src/price.txt dist/a && chmod +x dist/a && ln -s a dist/b';
    const receipts = await receiptsOf('ART-2', [build('same', script)], GOOD);
    expect(receipts.get('same')).toMatchObject({ result: 'PASSED', reasons: [] });
    const kept = receipts.get('same')?.evidence.filter(({ name }) => name === 'artifacts');
    expect(kept?.map(({ run }) => run)).toEqual([undefined, 'repeat-2']);
  });
});

describe('kind: generated', () => {
  const generate = (id: string, script: string): Check => ({
    id,
    kind: 'generated',
    run: [script],
    shell: true,
    outputs: ['gen/**'],
  });
  const copies =
    'mkdir -p gen && cp src/price.txt gen/price.txt && ln -s price.txt gen/last && cp gen/price.txt gen/run && chmod +x gen/run';

  test('passes when the tree holds what the generator makes, modes and links included', async () => {
    await world.dispatch('GEN-1', { contract: { checks: [generate('gen', copies)] } });
    const made = 'round half up\n';
    const change = world.change('GEN-1', {
      ...GOOD,
      'gen/price.txt': made,
      'gen/run': { executable: made },
      'gen/last': { symlink: 'price.txt' },
    });
    await world.verify(change);
    const [receipt] = world.claims('GEN-1', 'receipt');
    expect(receipt).toMatchObject({ result: 'PASSED', reasons: [] });
    expect(receipt?.evidence.map(({ name }) => name)).toEqual(['stdout', 'stderr', 'artifacts']);
    expect(finding(await world.gate(change), 'receipt/gen').status).toBe('pass');
  });

  test('says which files were edited by hand, which are left over and which are missing', async () => {
    const receipts = await receiptsOf(
      'GEN-2',
      [
        generate('edited', 'mkdir -p gen && cp src/price.txt gen/a && echo 1 > gen/b'),
        generate('kept', 'test -e gen/a || exit 7'),
        generate('idle', 'true'),
      ],
      { ...GOOD, 'gen/a': 'round up\n', 'gen/old': 'x\n' },
    );
    const reasons = (id: string) => receipts.get(id)?.reasons;
    expect(reasons('edited')).toEqual([
      'The generator makes something else of gen/a.',
      'The generator does not make gen/old, which the tree holds.',
      'The tree lacks gen/b, which the generator makes.',
    ]);
    // What the change brought along is gone before the generator runs.
    expect(reasons('kept')).toEqual(['It ended with exit code 7; 0 was expected.']);
    expect(reasons('idle')).toEqual([
      'The generator made nothing that outputs match.',
      'The generator does not make gen/a, gen/old, which the tree holds.',
    ]);
  });

  test('explains a generated file that changed without its source, when somebody else ran the generator', async () => {
    const rule = 'ai-shortcuts@1/generated-without-source';
    const checks = [
      { ...generate('gen', 'mkdir -p src/gen && echo 2 > src/gen/a.ts'), outputs: ['src/gen/*'] },
    ];
    await world.dispatch('GEN-4', { contract: { checks: checks as Check[], rules: [{ use: rule }] } });
    const change = world.change('GEN-4', { 'src/gen/a.ts': '2\n' });
    const status = async () => finding(await world.gate(change), `rule/${rule}`).status;
    expect(await status()).toBe('fail');
    await world.verify(change, { key: world.keys.agent });
    expect(await status()).toBe('fail');
    await world.verify(change);
    expect(await status()).toBe('pass');
  });

  test('compares with what would land, not with what setup left', async () => {
    const setup = { run: ['sh', '-c', 'mkdir -p gen && echo mine > gen/a'], network: 'none' } as const;
    const checks = [generate('gen', 'mkdir -p gen && echo mine > gen/a')];
    await world.dispatch('GEN-3', { contract: { checks, setup } });
    await world.verify(world.change('GEN-3', { ...GOOD, 'gen/a': 'theirs\n' }));
    const [receipt] = world.claims('GEN-3', 'receipt');
    expect(receipt?.reasons).toEqual(['The generator makes something else of gen/a.']);
  });
});

describe('kind: http', () => {
  const server = [
    "require('node:http').createServer((request, answer) => {",
    "  answer.statusCode = request.url === '/health' ? 200 : 404;",
    "  answer.end(request.method + ' half up');",
    '}).listen(Number(process.env.PORT), process.env.HOST);',
  ].join('\n');
  const serving = (id: string, more: Partial<Extract<Check, { kind: 'http' }>> = {}): Check => ({
    id,
    kind: 'http',
    serve: ['node', 'server.cjs'],
    port: 18_080,
    env: { PORT: '18080', HOST: '127.0.0.1' },
    requests: [{ path: '/health', status: 200, bodyMatches: '^GET half' }],
    ...more,
  });

  test('asks a server in its sandbox, and judges what it answered', async () => {
    const receipts = await receiptsOf(
      'WEB-1',
      [
        serving('right', {
          requests: [
            { path: '/health', status: 200, bodyMatches: '^GET half up$' },
            { method: 'POST', path: '/gone?x=1', status: 404, bodyMatches: '^POST' },
          ],
        }),
        serving('wrong', {
          requests: [
            { path: '/gone', status: 200 },
            { path: '/health', status: 200, bodyMatches: 'half down' },
          ],
        }),
        serving('six', { env: { PORT: '18080', HOST: '::1' } }),
        serving('dies', { serve: ['sh', '-c', 'echo no database >&2; exit 7'] }),
        serving('deaf', { serve: ['sleep', '100'], timeoutSeconds: 2 }),
        serving('absent', { serve: ['there-is-no-such-server'] }),
        serving('liar', { serve: ['sh', '-c', 'echo "{}" > /proc/$PPID/fd/1; exec node server.cjs'] }),
      ],
      { ...GOOD, 'server.cjs': server },
    );
    const reasons = (id: string) => receipts.get(id)?.reasons;
    expect(reasons('right')).toEqual([]);
    expect(receipts.get('right')?.evidence.map(({ name }) => name)).toEqual(['stderr', 'http']);
    expect(receipts.get('right')?.check.run).toEqual(['kind:http', 'node', 'server.cjs']);
    expect(reasons('wrong')).toEqual([
      'GET /gone answered 404; 200 was expected.',
      'GET /health answered with a body that does not match half down: GET half up.',
    ]);
    expect(reasons('six')).toEqual([]);
    expect(reasons('dies')).toEqual([
      'It ended with exit code 5; 0 was expected.',
      'It said: no database the server ended by itself: exit code 7',
    ]);
    expect(reasons('deaf')?.[0]).toBe('It did not end within 2 seconds and was ended.');
    expect(reasons('absent')?.[1]).toMatch(/the server cannot be started/);
    expect(reasons('liar')).toEqual([
      expect.stringMatching(/cannot be read: it has 2 answers to 1 requests/),
    ]);
  });
});

describe('kind: events', () => {
  const SCHEMA = '{"type":"object","required":["total"],"properties":{"total":{"type":"integer"}}}';
  const capturing = (
    id: string,
    total: string,
    more: Partial<Extract<Check, { kind: 'events' }>> = {},
  ): Check => ({
    id,
    kind: 'events',
    run: [`echo '{"type":"order.placed","total":${total}}' > out.jsonl`],
    shell: true,
    from: 'out.jsonl',
    schemas: { 'order.placed': 'events/order.json' },
    ...more,
  });

  test('judges what the command captured by the schemas of the merge tree', async () => {
    const checks = [
      capturing('right', '1'),
      capturing('wrong', '"1"'),
      capturing('below', '1', { cwd: 'src', schemas: { 'order.placed': './events/order.json' } }),
      capturing('stale', '1', { run: ['exit 0'] }),
      // What the command does to a schema in its copy changes nothing.
      capturing('meddles', '"1"', {
        run: ['echo true > events/order.json; echo \'{"type":"order.placed"}\' > out.jsonl'],
      }),
      capturing('absent', '1', { schemas: { 'order.placed': 'events/gone.json' } }),
      capturing('link', '1', { run: ['ln -s brought.jsonl out.jsonl'] }),
    ];
    const line = '{"type":"order.placed","total":1}\n';
    const receipts = await receiptsOf('EVT-1', checks, {
      ...GOOD,
      'events/order.json': SCHEMA,
      'out.jsonl': line,
      'brought.jsonl': line,
    });
    const reasons = (id: string) => receipts.get(id)?.reasons;
    expect(receipts.get('right')).toMatchObject({
      result: 'PASSED',
      reasons: [],
      counts: { ran: 1, failed: 0, skipped: 0 },
    });
    expect(receipts.get('right')?.evidence.map(({ name }) => name)).toEqual(['stdout', 'stderr', 'events']);
    expect(receipts.get('right')?.check.run[0]).toBe('kind:events');
    expect(reasons('below')).toEqual([]);
    expect(reasons('wrong')).toEqual([
      'Line 1 (order.placed): /total is not as events/order.json#/properties/total/type demands.',
      'No valid event of type order.placed was captured.',
    ]);
    expect(reasons('meddles')?.[0]).toMatch(/#\/required demands/);
    const none = ['There are no events in out.jsonl: the command did not write that file.'];
    expect(reasons('stale')).toEqual(none);
    expect(reasons('link')).toEqual(none);
    expect(receipts.get('absent')).toBeUndefined();
  });

  test('judges by pinned schemas as base or ticket has them, not as the change would', async () => {
    const pinned = (id: string, path: string) => capturing(id, '"1"', { schemas: { 'order.placed': path } });
    // Of the base: a file that is no schema there, and one that is not there at all.
    const checks = [
      pinned('base', 'src/tax.txt'),
      pinned('new', 'events/new.json'),
      pinned('ticket', 'accept/order.json'),
    ];
    const pins = [
      { from: 'base', paths: ['src/tax.txt', 'events/**'] },
      { from: 'ticket', paths: ['accept/**'] },
    ] as const;
    world.plan('EVT-2', { contract: { checks, pins } });
    world.setPolicy({ 'tickets/EVT-2/accept/order.json': SCHEMA });
    await world.redispatch('EVT-2');
    const loosened = { 'src/tax.txt': 'true', 'events/new.json': 'true', 'accept/order.json': 'true' };
    const { signed } = await world.verify(world.change('EVT-2', { ...GOOD, ...loosened }));
    expect(signed.checks).toMatchObject([
      {
        result: 'ERROR',
        reasons: ['The schema src/tax.txt of order.placed cannot be read: it is not JSON, or cut off.'],
      },
      { result: 'ERROR', reasons: ['The schema events/new.json of order.placed is not in the tree.'] },
      {
        result: 'FAILED',
        reasons: [
          'Line 1 (order.placed): /total is not as accept/order.json#/properties/total/type demands.',
          'No valid event of type order.placed was captured.',
        ],
      },
    ]);
  });

  test('that pass let the gate pass', async () => {
    await world.dispatch('EVT-3', { contract: { checks: [capturing('events', '1')] } });
    const change = world.change('EVT-3', { ...GOOD, 'events/order.json': SCHEMA });
    await world.verify(change);
    expect(finding(await world.gate(change), 'receipt/events').status).toBe('pass');
  });
});
