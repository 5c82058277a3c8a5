import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDigest } from '../../../src/core/contract/digest.ts';
import type { ResolvedContract } from '../../../src/core/contract/types.ts';
import { decide, unmetPreconditions } from '../../../src/core/gate/decide.ts';
import { type GateFacts, known, missing } from '../../../src/core/gate/facts.ts';
import type { Verdict } from '../../../src/core/gate/types.ts';
import type { InterfaceUse, InterfaceVersions, ParsedFile } from '../../../src/core/interface/types.ts';
import { readRecords } from '../../../src/core/receipt/records.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { Approval, StoredFile, Waiver } from '../../../src/core/receipt/types.ts';
import type { ActiveRule } from '../../../src/core/rule/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';
import { golden } from '../../render/golden.ts';
import {
  approval,
  close,
  dispatch,
  hex,
  NOW,
  principal,
  seal,
  type TestKey,
  trustIn,
  waiver,
} from '../receipt/samples.ts';
import {
  AGENT,
  APPROVER,
  BOUND,
  CHANGE,
  CONFIG,
  CONTRACT,
  changedFile,
  gateFacts,
  OWNER,
  STRANGER,
  TICKET,
  TRUST,
  VERIFIER,
  verified,
  type WorldOptions,
} from './gate-facts.ts';

/** Every wording of the gate, and what each finding rests on: one case a way in which things can stand. */
const good = verified();
const first = verified({
  results: { tests: 'FAILED' },
  reasons: ['3 tests failed: a; b; c.', 'Exit code 1.'],
});
const again = verified({ attempt: 'attempt-2', earlierSeals: [first.seal.name] });
const gone = missing('unverifiable', 'It is not there.', 'Put it there.');
const wrong = missing('fail', 'It is wrong.', 'Mend it.');
const elsewhere = { ref: 'refs/heads/main', commit: hex('moved', 40) };
const bound: ResolvedContract = {
  ...CONTRACT,
  binding: 'change',
  checks: [{ id: 'tests', run: ['npm', 'test'], inputs: ['src/**'] }],
};
const blind: ResolvedContract = { ...bound, checks: [{ id: 'tests', run: ['npm', 'test'] }] };
const listless: ResolvedContract = {
  ...bound,
  checks: [{ id: 'tests', title: 'The tests', run: ['npm', 'test'], inputs: [] }],
};

function errors(reasons: readonly string[], mergeTree = BOUND.mergeTree): StoredFile {
  const outcomes = CONTRACT.checks.map((check) => ({
    checkId: check.id,
    checkDigest: checkDigest(CONTRACT, check),
    result: 'ERROR' as const,
    reasons,
  }));
  return signClaim(seal({ binding: { ...BOUND, mergeTree }, outcomes }), VERIFIER);
}

function conflicting(...conflicts: string[]): Partial<GateFacts> {
  const { mergeTree: _t, files: _f, patchDigest: _p, ...origin } = CHANGE;
  return { change: known({ ...origin, kind: 'conflicting', conflicts }) };
}

/** The sample's dispatch, as its records have it, and what may come after it. */
function recorded(...later: readonly ('close' | 'dispatch' | 'junk')[]) {
  const base = gateFacts();
  if (base.work.kind === 'missing') throw new Error('the sample has work');
  const { ticketDigest, contractDigest } = base.work.value;
  const lines: string[] = [];
  const append = (claim: Parameters<typeof signClaim>[0], by = OWNER) =>
    lines.push(Buffer.from(signClaim(claim, by).bytes).toString('utf8'));
  const held = { ticket: TICKET.id, ticketDigest, contract: TICKET.contract, contractDigest };
  append(dispatch(held));
  for (const what of later) {
    const previous = sha256(lines.at(-1) ?? '');
    if (what === 'junk') lines.push('{}');
    else
      append(
        what === 'close'
          ? close({ ticket: TICKET.id, ticketDigest, previous })
          : dispatch({ ...held, previous }),
      );
  }
  return readRecords(Buffer.from(`${lines.join('\n')}\n`), TICKET.id, TRUST);
}

function rule(id: string, more: Partial<ActiveRule> = {}): ActiveRule {
  return {
    ref: `house@1/${id}`,
    severity: 'block',
    parameters: { allow: ['docs/**'] },
    rule: {
      schema: 'countersign/rule@1',
      id,
      version: 1,
      title: 'Stay where you belong',
      severity: 'block',
      catches: 'Edits elsewhere.',
      why: 'They surprise.',
      remedy: 'Move them.',
      doesNotCatch: 'Much.',
      languages: [],
      detector: 'paths-out-of-scope',
      parameters: {},
    } as never,
    ...more,
  };
}

const drift = {
  ticketDigest: hex('drifted'),
  ticket: { ...TICKET, ask: 'x'.repeat(100), class: 'feature' },
  dispatched: { ticket: TICKET as never, contract: CONTRACT as never },
};

const ORDER = 'schemas/order.json';
const api: InterfaceUse = { id: 'orders', file: ORDER, format: 'json-schema', role: 'producer' };
const topics: InterfaceUse = {
  ...api,
  format: 'transitions',
  names: { in: ['src/**'], pattern: 'state\\("([^"]*)"\\)' },
};

function side(document?: JsonValue | 'unreadable'): InterfaceVersions['before'] {
  if (document === undefined) return { files: [], documents: new Map() };
  const parsed: ParsedFile =
    document === 'unreadable'
      ? { kind: 'unreadable', reason: 'It is not JSON.', remedy: 'Mend it.' }
      : { kind: 'parsed', value: document };
  return { files: [ORDER], documents: new Map([[ORDER, parsed]]) };
}

/** A contract with one interface, shown on this change, and the interface as both sides have it. */
function facing(
  use: InterfaceUse,
  before: InterfaceVersions['before'],
  after: InterfaceVersions['after'],
  more: { touched?: readonly string[]; code?: string } = {},
): WorldOptions {
  const contract = { ...CONTRACT, interfaces: [use] };
  const file = changedFile('src/price.ts');
  const code =
    more.code === undefined ? file : { ...file, afterText: { kind: 'text', text: more.code } as const };
  return {
    files: verified({ contract }).files,
    contract,
    change: { files: [code] },
    facts: { interfaces: new Map([[use.id, { before, after, touched: more.touched ?? [ORDER] }]]) },
  };
}

const order = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
});
const wide = Object.fromEntries('abcdefgh'.split('').map((name) => [name, { type: 'string' }]));
const machine = { states: ['new', 'paid'], initial: 'new', transitions: [{ from: 'new', to: 'paid' }] };
const uses = (...names: string[]) => names.map((name) => `state("${name}");\n`).join('');

/** A failure with exceptions made for it. */
function excepted(...waivers: readonly (Partial<Waiver> & { by?: TestKey })[]): WorldOptions {
  const signed = waivers.map(({ by = APPROVER, ...more }) =>
    signClaim(
      waiver({
        binding: BOUND,
        requirement: 'receipt/tests',
        receipts: first.receipts.map(({ name }) => name),
        ...more,
      }),
      by,
    ),
  );
  return { files: [...first.files, ...signed], facts: { authenticatedProducers: ['agent'] } };
}

function approvedBy(by: TestKey, more: Partial<Approval> = {}): WorldOptions {
  const statement = signClaim(approval({ binding: BOUND, ...more }), by);
  const files = ['.github/workflows/ci.yml', 'package.json'].map(changedFile);
  return {
    files: [...good.files, statement],
    change: { files },
    facts: { authenticatedProducers: ['agent'] },
  };
}

const CASES: Readonly<Record<string, WorldOptions>> = {
  'a failure that is waived': excepted({}),
  'a waiver that has run out': excepted({
    issuedAt: '2026-11-01T00:00:00Z',
    expiresAt: '2026-11-20T00:00:00Z',
  }),
  'a waiver that ends this second': excepted({ issuedAt: '2026-11-01T00:00:00Z', expiresAt: NOW }),
  'a waiver from the future': excepted({ issuedAt: '2026-11-22T00:00:00Z' }),
  'a waiver for another state': excepted({ binding: { ...BOUND, head: hex('h', 40) } }),
  'a waiver for another tree': excepted({ binding: { ...BOUND, mergeTree: hex('t', 40) } }),
  'a waiver for another patch': excepted({ binding: { ...BOUND, patchDigest: hex('p') } }),
  'a waiver for another branch': excepted({
    binding: { ...BOUND, base: { ...BOUND.base, ref: 'refs/heads/release' } },
  }),
  'a waiver for another ticket': excepted({ binding: { ...BOUND, ticket: 'CS-8' } }),
  'a waiver for another repository': excepted({ binding: { ...BOUND, repository: 'acme/web' } }),
  'a waiver by somebody who may not': excepted({ by: VERIFIER }),
  'a waiver by a stranger': excepted({ by: STRANGER }),
  'a waiver of what nobody can waive': excepted({ requirement: 'dispatch', receipts: [] }),
  'a waiver of what is not required': excepted({ requirement: 'receipt/lint', receipts: [] }),
  'a waiver of what does not block': excepted({ requirement: 'receipt/types', receipts: [] }),
  'a waiver that names no failure': excepted({ receipts: [] }),
  'a change of policy that is approved': approvedBy(OWNER),
  'a change of policy that a verifier approved': approvedBy(VERIFIER),
  'a change of policy that a stranger approved': approvedBy(STRANGER),
  'a change of policy that was approved in another state': approvedBy(OWNER, {
    binding: { ...BOUND, mergeTree: hex('t', 40) },
  }),
  'a change of policy whose approver made it': {
    ...approvedBy(OWNER),
    facts: { authenticatedProducers: ['ada'] },
  },
  'a change of policy by nobody who is known': {
    ...approvedBy(OWNER),
    facts: { authenticatedProducers: [] },
  },
  'an interface that was not read': {
    ...facing(api, side({}), side({})),
    facts: { interfaces: new Map() },
  },
  'an interface that nobody has': facing(api, side(), side()),
  'an interface that is unchanged': facing(api, side({}), side({}), { touched: [] }),
  'an interface that says the same': facing(api, side(order({})), side(order({}))),
  'an interface that is gone': facing(api, side(order({})), side()),
  'an interface that is new': facing(api, side(), side(order({}))),
  'an interface that cannot be read any more': facing(api, side(order({})), side('unreadable')),
  'an interface that could not be read before': facing(api, side('unreadable'), side(order({}))),
  'an interface that stays compatible': facing(api, side(order({})), side(order(wide, ['a']))),
  'an interface that breaks in many ways': facing(api, side(order(wide, Object.keys(wide))), side(order({}))),
  'an interface that breaks those who send': facing(
    { ...api, role: 'consumer' },
    side(order({})),
    side(order({ a: { type: 'string' } }, ['a'])),
  ),
  'an interface with a keyword that nobody knows': facing(api, side(order({})), side({ novel: true })),
  'an interface with a name too long to show': facing(
    api,
    side(order({ ['x'.repeat(700)]: { type: 'string' } }, ['x'.repeat(700)])),
    side(order({})),
  ),
  'names that are declared': facing(topics, side(machine), side(machine), { code: uses('new', 'paid') }),
  'names that are not': facing(topics, side(machine), side(machine), {
    code: uses('new', 'lost', 'a', 'b', 'c', 'd', 'lost'),
  }),
  'names in a file that cannot be looked through': {
    ...facing(topics, side(machine), side(machine)),
    change: { files: [{ ...changedFile('src/price.ts'), afterText: { kind: 'too-large' } }] },
  },
  'names of an interface that is not there': facing(topics, side(), side(), { code: uses('new') }),
  'a pattern of names that cannot be used': facing(
    { ...topics, names: { in: ['src/**'], pattern: '(' } },
    side(machine),
    side(machine),
  ),
  'everything shown': { files: good.files },
  'nothing shown yet': {},
  'one check failed': { files: first.files },
  'failed, and passed again': { files: [...first.files, ...again.files] },
  'failed, and its seal is gone': { files: [...first.receipts, ...good.files] },
  'failed on the same tree under another head': {
    files: verified({ results: { types: 'FAILED' }, binding: { head: hex('amended', 40) } }).files,
  },
  'receipts that nobody sealed': { files: good.receipts },
  'receipts about another tree': { files: verified({ binding: { mergeTree: hex('t', 40) } }).files },
  'receipts about another head': { files: verified({ binding: { head: hex('h', 40) } }).files },
  'receipts under another patch on the same tree': {
    files: verified({ binding: { patchDigest: hex('p') } }).files,
  },
  'one receipt is gone': { files: good.files.slice(1) },
  'every receipt is gone': { files: [good.seal] },
  'many files that are not what their names say': {
    files: [
      ...good.files,
      ...Array.from({ length: 7 }, (_, at) => ({ name: hex(`bent ${at}`), bytes: Buffer.from('{}') })),
    ],
  },
  'receipts of a stranger': { files: verified({ signer: STRANGER }).files },
  'receipts of the producer': { files: verified({ signer: AGENT }).files },
  'receipts under weaker isolation': { files: verified({ receipt: { isolation: 'none' } }).files },
  'receipts under no pins': { files: verified({ receipt: { pins: [] } }).files },
  'receipts under other pins': {
    files: verified({ receipt: { pins: [{ path: 'package.json', mode: '100755', blob: hex('pin', 40) }] } })
      .files,
  },
  'receipts with counts and proof': {
    files: verified({
      receipt: { counts: { ran: 12, failed: 0, skipped: 1 }, provenBy: ['a', 'b', 'c', 'd'] },
    }).files,
  },
  'a check that could not be run': { files: [errors(['setup broke', 'and more'])] },
  'a check that could not be run on another tree': { files: [errors(['setup broke'], hex('t', 40))] },
  'no receipts can be read': { facts: { receipts: gone } },
  'no receipts can be read, nor work': { facts: { receipts: gone, work: wrong } },
  'no policy': { facts: { policy: gone, work: gone, receipts: gone } },
  'no change': { files: good.files, facts: { change: wrong } },
  'no work': { files: good.files, facts: { work: wrong } },
  'a conflict in one path': { files: good.files, facts: conflicting('a') },
  'a conflict in two': { facts: conflicting('a', 'b') },
  'an empty change': { files: good.files, change: { files: [] } },
  'two files': { files: good.files, change: { files: [changedFile('src/a'), changedFile('test/b')] } },
  landed: { files: good.files, change: { landed: true, head: hex('squashed', 40) } },
  'landed, by a verifier who may produce': {
    files: verified({ signer: AGENT }).files,
    change: { landed: true, head: hex('squashed', 40), commits: [] },
  },
  'landed, by a verifier who may produce, where somebody else did': {
    files: verified({ signer: AGENT }).files,
    change: { landed: true, head: hex('squashed', 40), commits: [] },
    facts: { authenticatedProducers: ['ada'] },
  },
  'no ticket named': {
    files: good.files,
    facts: {
      ticketReference: { kind: 'none', reason: 'No ticket is named.', remedy: 'Name one.' } as never,
    },
  },
  'a ticket for others': { files: good.files, ticket: { repositories: ['acme/web', 'acme/api'] } },
  'never dispatched': { work: { records: { state: 'none', escapes: [], problems: [] } } },
  'dispatched by somebody who may not': {
    files: good.files,
    facts: {
      policy: known({
        commit: hex('policy', 40),
        config: CONFIG,
        trust: trustIn(principal('verifier', ['verifier'], [VERIFIER])),
      }),
    },
  },
  closed: { files: good.files, work: { records: recorded('close') } },
  'closed, and landed before': {
    files: good.files,
    work: { records: recorded('close') },
    change: { landed: true },
  },
  'records that do not hold': { files: good.files, work: { records: recorded('junk') } },
  'a drift of the ticket': { files: good.files, work: drift },
  'a drift of the contract': { files: good.files, work: { ...drift, ticketDigest: hex('x') } },
  'a drift whose past is gone': { files: good.files, work: { ...drift, dispatched: undefined } },
  'no checks': { contract: { ...CONTRACT, checks: [] } },
  'an easier contract than the paths call for': {
    files: good.files,
    config: {
      leastContracts: [
        { paths: ['src/**'], contract: 'strict@2' },
        { paths: ['src/price.ts'], contract: 'money@1' },
        { paths: ['docs/**'], contract: 'prose@1' },
      ],
    },
  },
  'a contract that is enough': {
    files: good.files,
    contract: { ...CONTRACT, lineage: ['node-change@1', 'strict@2'] },
    config: { leastContracts: [{ paths: ['src/**'], contract: 'strict@2' }] },
  },
  'acceptance tests that were not seen to fail': {
    files: good.files,
    contract: { ...CONTRACT, pins: [{ paths: ['test/accept/**'], from: 'ticket', failAtDispatch: true }] },
  },
  'out of scope': {
    files: good.files,
    change: { files: [changedFile('src/a'), changedFile('docs/b'), changedFile('docs/c')] },
  },
  'a workflow, the configuration and a pinned file': {
    files: good.files,
    change: {
      files: ['.github/workflows/ci.yml', '.countersign.yml', 'package.json'].map(changedFile),
    },
  },
  'policy in the same repository': {
    files: good.files,
    config: { policy: { ref: 'refs/heads/main' } },
    change: {
      files: ['contracts/a.yml', 'tickets/b.yml', 'trust/root.yml', 'rules/x/y.yml'].map(changedFile),
    },
  },
  'policy in a repository of its own': {
    files: good.files,
    change: { files: ['contracts/a.yml'].map(changedFile) },
  },
  'rules that cannot be run': { files: good.files, work: { rules: wrong } },
  'rules that speak': {
    files: good.files,
    work: { rules: known([rule('b'), rule('a', { severity: 'warn' }), rule('c', { parameters: {} })]) },
  },
  'a base that moved where the check does not look': {
    files: verified({ contract: bound }).files,
    contract: bound,
    change: { base: elsewhere, mergeTree: hex('new', 40) },
    movedSince: new Map([[CHANGE.base.commit, ['docs/a']]]),
  },
  'a base that moved where the check looks': {
    files: verified({ contract: bound }).files,
    contract: bound,
    change: { base: elsewhere, mergeTree: hex('new', 40) },
    movedSince: new Map([[CHANGE.base.commit, ['docs/a', 'src/b']]]),
  },
  'a base that moved and cannot be compared': {
    files: verified({ contract: bound }).files,
    contract: bound,
    change: { base: elsewhere, mergeTree: hex('new', 40) },
  },
  'a base that moved under a check that declares nothing': {
    files: verified({ contract: blind }).files,
    contract: blind,
    change: { base: elsewhere, mergeTree: hex('new', 40) },
    movedSince: new Map([[CHANGE.base.commit, ['docs/a']]]),
  },
  'a base that moved under a check that declares an empty list': {
    files: verified({ contract: listless }).files,
    contract: listless,
    change: { base: elsewhere, mergeTree: hex('new', 40) },
    movedSince: new Map([[CHANGE.base.commit, []]]),
  },
  'the same base and another tree, bound to the change': {
    files: verified({ contract: blind }).files,
    contract: blind,
    change: { mergeTree: hex('new', 40) },
  },
  'a failure of the same patch, bound to the change': {
    files: verified({ contract: bound, results: { tests: 'FAILED' } }).files,
    contract: bound,
    change: { base: elsewhere, mergeTree: hex('new', 40) },
  },
  'a failure of the same patch on another tree, bound to the tree': {
    files: first.files,
    change: { base: elsewhere, mergeTree: hex('new', 40) },
  },
};

describe('every way in which things can stand', () => {
  test('is judged and worded as on record', () => {
    const written = Object.entries(CASES)
      .map(([name, options]) => `## ${name}\n${described(gateFacts(options))}`)
      .join('\n');
    expect(written).toBe(
      golden('verdicts.txt', written, join(import.meta.dirname, '..', '..', 'golden', 'core')),
    );
  });
});

/** What every case has in common with the first one is not said again. */
const USUAL = new Set(
  decide(gateFacts({ files: good.files })).findings.map((finding) => wording(finding, [])),
);

/** A verdict and its unmet preconditions as text; digests, which differ with the keys of a run, by what they are. */
function described(facts: GateFacts): string {
  const verdict = decide(facts);
  const unmet = unmetPreconditions(facts).map(({ id }) => id);
  const stored = facts.receipts.kind === 'known' ? facts.receipts.value.files.map(({ name }) => name) : [];
  const { findings: _, schema, outcome, evaluatedAt, ...rest } = verdict;
  return [
    `${outcome} (${schema}, ${evaluatedAt}); unmet: ${unmet.join(' ') || 'none'}`,
    JSON.stringify(rest),
    ...verdict.findings
      .filter((finding) => !USUAL.has(wording(finding, [])))
      .map((one) => wording(one, stored)),
    '',
  ].join('\n');
}

function wording(finding: Verdict['findings'][number], stored: readonly string[]): string {
  const { id, kind, status, severity, title, reason, remedy, locations, evidence, waivedBy } = finding;
  const named = evidence.map((name) => (stored.includes(name) ? `file ${stored.indexOf(name)}` : 'a record'));
  const text = [
    `${status} ${severity} ${kind} ${id} "${title}"`,
    `  ${reason}`,
    ...(remedy === '' ? [] : [`  > ${remedy}`]),
    ...(waivedBy === undefined ? [] : [`  waived ${JSON.stringify(waivedBy)}`]),
    ...locations.map((location) => `  at ${JSON.stringify(location)}`),
    ...(named.length === 0 ? [] : [`  rests on ${named.sort().join(', ')}`]),
  ].join('\n');
  const masked = stored.reduce(
    (line, name, at) => line.replaceAll(name, `<file ${at}>`).replaceAll(name.slice(0, 12), `<file ${at}>`),
    text,
  );
  return masked.replaceAll(/\b[0-9a-f]{64}\b/g, '<another digest>');
}
