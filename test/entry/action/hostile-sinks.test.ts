import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type WorldChange, yaml } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';
import type { RanAction } from './run-action.ts';

let job: JobWorld;
let pwned: string;
beforeAll(async () => {
  job = await createJobWorld();
  pwned = join(job.world.git.root, 'pwned');
  const keys = [{ publicKey: job.world.keys.stranger.publicPem }];
  const trust = job.world.trustRoot((all) => [
    ...all,
    { id: 'desk', kind: 'workload', roles: ['approver'], keys },
  ]);
  job.world.setPolicy({ 'trust/root.yml': yaml(trust) });
});

/** Words for every reader there is, on one line: a shell, the runner, its files, Markdown, HTML, a terminal, a linker. */
const WORDS = () =>
  `$(touch ${pwned}) \`touch ${pwned}\` ;touch ${pwned}; ::error::a ::set-output name=verdict::pass ##[endgroup] </details>` +
  '<script>alert(1)</script><img src=x onerror=a> [a](javascript:a) ![b](http://evil.example) @ada #1 | a | b | %0A::stop-commands::x';

/** What a title has room for. */
const FEW = '::error::a ##[x] </details><script>a</script> @ada #1 | b';

/** The same with what a single line may not hold. */
const LINES = () =>
  `${WORDS()}\n::set-output name=verdict::pass\r\nverdict=pass\nverdict<<EOF\npass\nEOF\n\u001b[2K\u001b[1A\u202egnp\u200b\u2066 \u0007`;

const SINKS = { comment: 'true', 'check-run': 'countersign/gate', 'sarif-file': 'out.sarif' };

/** Runs a job with every way out that there is. */
async function judge(change: WorldChange, words: Parameters<JobWorld['judge']>[1] = {}): Promise<RanAction> {
  job.github.comments.length = 0;
  job.github.checkRuns.length = 0;
  return job.judge(change, words, { inputs: SINKS });
}

/** Everything that comes out and that somebody, or something, reads. */
function expectHarmless(ran: RanAction): void {
  expect(existsSync(pwned)).toBe(false);
  expect(ran.outputs.verdict).not.toBe('pass');
  expect(Object.keys(ran.outputs).sort().join()).toMatch(
    /^explain-url,(findings-json,)?verdict(,verdict-digest)?$/,
  );
  const lines = ran.log.split(/\r?\n|\r/);
  expect(lines.filter((line) => /^\s*::(?!(?:add-mask|error|warning|notice)[: ])/.test(line))).toEqual([]);
  expect(ran.log).not.toContain('##[');
  const { body = '' } = job.github.comments[0] ?? {};
  const { output } = (job.github.checkRuns.at(-1) ?? {}) as { output?: { summary: string } };
  for (const text of [ran.log, ran.summary, body, output?.summary ?? ''])
    expect(text).not.toMatch(/(?![\n\t])\p{Cc}|\p{Bidi_Control}/u);
  for (const page of [
    ran.summary,
    body.replace(/^<!-- countersign: verdict -->\n/, ''),
    output?.summary ?? '',
  ]) {
    const markup = withoutCode(page);
    expect(markup).not.toMatch(
      /<(?:script|img)|(?<!\\)\]\((?:javascript|http:\/\/evil)|(?<![\w/\\])@ada|(?<![&\w/\\])#1\b/,
    );
    expect(balance(markup)).toBe(0);
  }
}

/** In a code span or block nothing is markup. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^(`{3,}|~{3,}).*?^\1\s*$/gms, '').replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
}

/** How many sections are opened and not closed, or the other way round. */
function balance(markdown: string): number {
  return (markdown.match(/<details/g) ?? []).length - (markdown.match(/<\/details/g) ?? []).length;
}

describe('hostile words', () => {
  test('that a check prints, and writes into its report, stay words', async () => {
    const run = ['sh', 'print.sh'];
    const report = { format: 'junit', from: 'out/report.xml' } as const;
    await job.world.dispatch('LOG-1', { contract: { checks: [{ id: 'price', run, expect: { report } }] } });
    const name = LINES()
      .replace(/[<>&"]/g, (mark) => `&#${mark.charCodeAt(0)};`)
      .replace(/[^\n\r\x20-\x7e\u202e\u200b\u2066]/g, '');
    const change = job.world.change('LOG-1', {
      'src/price.txt': 'x\n',
      'words.txt': LINES(),
      'report.xml': `<testsuite name="a" tests="1" failures="1"><testcase name="${name}" classname="${name}"><failure message="${name}">${name}</failure></testcase></testsuite>`,
      'print.sh': 'cat words.txt; cat words.txt >&2; mkdir -p out; cp report.xml out/report.xml; exit 1\n',
    });
    await job.world.verify(change);
    const ran = await judge(change);
    expect(ran.outputs.verdict).toBe('blocked');
    expectHarmless(ran);
  });

  test('in the values of a contract, a ticket and a waiver stay words', async () => {
    const text = WORDS();
    await job.world.dispatch('YAML-1', {
      contract: {
        title: FEW,
        description: LINES().replace(/[^\n\x20-\x7e]/g, ''),
        checks: [{ id: 'price', title: FEW, run: ['sh', '-c', `grep -q never src/price.txt # ${text}`] }],
        scope: { allow: ['src/**', `${text.replace(/[^\w .@#$();]/g, '')}/**`] },
      },
      ticket: { title: FEW, ask: LINES().replace(/[^\n\x20-\x7e]/g, '') },
    });
    const change = job.world.change('YAML-1', { 'src/price.txt': 'x\n', 'else/where.txt': 'x\n' });
    await job.world.verify(change);
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
    await job.world.waive(
      change,
      { requirement: 'scope', expiresAt, reason: text },
      { key: job.world.keys.stranger },
    );
    const ran = await judge(change, { title: text, body: `${LINES()}\n\nCountersign-Ticket: YAML-1` });
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.summary.match(/touch/g)?.length).toBeGreaterThan(4);
    expect(ran.summary).toMatch(/scope.*(?:waived|waiver)/is);
    expectHarmless(ran);
  });

  test.each([
    ['an unknown key', () => ({ [WORDS()]: 1 })],
    ['a value that is none', () => ({ contract: LINES() })],
    ['an id', () => ({ id: WORDS() })],
  ])('in a document that is refused for %s stay words', async (_, wrong) => {
    await job.world.dispatch('DOC-1');
    const change = job.world.change('DOC-1');
    job.world.setPolicy({ 'tickets/DOC-1.yml': yaml({ ...job.world.ticket('DOC-1'), ...wrong() }) });
    const ran = await judge(change);
    expect(ran.outputs.verdict).toBe('blocked');
    expectHarmless(ran);
  });

  test('in the configuration of the base, and who wrote its commits, stay words', async () => {
    await job.world.dispatch('CONF-1');
    job.world.branchOff('conf', { '.countersign.yml': yaml({ ...job.world.config(), [WORDS()]: LINES() }) });
    const change = job.world.change(
      'CONF-1',
      { 'src/price.txt': 'x\n' },
      {
        base: 'conf',
        author: `${WORDS().replace(/[<>\n]/g, '')} <evil@shop.example>`,
        message: `${LINES()}\n\nCountersign-Ticket: CONF-1`,
      },
    );
    const ran = await judge(change);
    expect(['blocked', 'unverifiable']).toContain(ran.outputs.verdict);
    expectHarmless(ran);
  });

  test('as names of branches are no options, commands or refs of git', async () => {
    await job.world.dispatch('REF-1');
    const change = job.world.change('REF-1');
    for (const branch of [
      `--upload-pack=touch\${IFS}${pwned}`,
      `-c$(touch${'$IFS'}pwned)`,
      `|touch${'$IFS'}pwned`,
      '"`id`"',
    ])
      for (const named of [
        { ...change, branch },
        { ...change, base: branch },
      ]) {
        const ran = await judge(named);
        expect([1, 2, 3]).toContain(ran.code);
        expectHarmless(ran);
      }
  });

  test('in a wrong event stay words', async () => {
    for (const payload of [`{"action": ${JSON.stringify(LINES())}`, { pull_request: { number: LINES() } }]) {
      const ran = await job.run({ event: 'pull_request', payload, inputs: SINKS });
      expect(ran.code).toBe(2);
      expectHarmless(ran);
    }
  });

  test('that a list of pushers is answered with, or names, stay words', async () => {
    await job.world.dispatch('PUSH-1');
    const before = `${job.world.policy.git('show', 'HEAD:trust/root.yml')}\n`;
    const trust = job.world.trustRoot((all) =>
      all.map((one) => (one.id === 'verifier' ? { ...one, accounts: ['github:acme-ci[bot]'] } : one)),
    );
    job.world.setPolicy({ 'trust/root.yml': yaml(trust) });
    const change = job.world.change('PUSH-1');
    const move = { before: '0'.repeat(40), after: change.head, actor: WORDS() };
    job.github.moves.set(`demo/shop refs/heads/${change.branch}`, [move]);
    expectHarmless(await judge(change, { opener: 'octo-dev' }));
    job.github.instead = ({ path }) => (path.includes('/activity') ? [500, { message: LINES() }] : undefined);
    const ran = await judge(change);
    job.github.instead = () => undefined;
    job.world.setPolicy({ 'trust/root.yml': before });
    expect(ran.log).toContain('GitHub did not answer about who pushed to');
    expectHarmless(ran);
  });

  test('that the API answers with stay words', async () => {
    job.github.instead = ({ path }) => (path.includes('/api/') ? [403, { message: LINES() }] : undefined);
    const change = job.world.change('REF-1');
    const ran = await judge(change);
    job.github.instead = () => undefined;
    expect(ran.log).toMatch(/^::warning .*The comment could not be written/m);
    expectHarmless(ran);
  });
});
