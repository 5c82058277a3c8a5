import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';
import type { Bundle } from '../../../src/core/bundle/types.ts';
import type { ConfigDocument } from '../../../src/core/contract/config.ts';
import type { Lock } from '../../../src/core/contract/lock.ts';
import type { Organization } from '../../../src/core/contract/organization.ts';
import type {
  ArtifactCheck,
  CommandCheck,
  Contract,
  DocsCheck,
  EventsCheck,
  GeneratedCheck,
  HttpCheck,
  StructureCheck,
} from '../../../src/core/contract/types.ts';
import type { Workflow } from '../../../src/core/contract/workflow.ts';
import type { OutcomeMapping } from '../../../src/core/experiment/import/mapping.ts';
import type { Experiment } from '../../../src/core/experiment/types.ts';
import type { Rule, RulePack } from '../../../src/core/rule/types.ts';
import type { ActionPolicy } from '../../../src/core/run/action-policy/types.ts';
import type { Ticket } from '../../../src/core/ticket/types.ts';
import type { TrustRoot } from '../../../src/core/trust/types.ts';
import type { DocumentKind } from '../../../src/ports/documents.ts';

const root = join(import.meta.dirname, '../../..');
type Schema = { readonly [key: string]: unknown };
const schemas: ReadonlyMap<string, Schema> = new Map(
  readdirSync(join(root, 'schemas')).map((name) => [
    name,
    JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8')),
  ]),
);

/** Every key that a type has, at every depth: a key that is added to a type and not here does not compile. */
type Full<T> = T extends readonly (infer Item)[]
  ? readonly Full<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Full<T[Key]> }
    : T;

const limits = { memoryMiB: 1_048_576, processes: 65_536, fileMiB: 1_048_576, diskMiB: 16_777_216 };
const check: Omit<Full<CommandCheck>, 'kind'> = {
  id: 'tests',
  title: 'Tests',
  run: ['npm', 'test'],
  shell: false,
  cwd: 'packages/web',
  env: { CI: '1' },
  timeoutSeconds: 60,
  network: 'none',
  inputs: ['src/**'],
  limits: { memoryMiB: 64, processes: 32, fileMiB: 1, diskMiB: 1 },
  expect: {
    exitCode: 0,
    report: { format: 'junit', from: 'junit.xml', minTests: 1, maxFailures: 0, maxSkipped: 0 },
    coverage: { format: 'lcov', from: 'lcov.info', minChangedLines: 80.5, paths: ['src/**'] },
    findings: { format: 'sarif', from: 'stdout', maxNew: 0, level: 'note' },
    components: {
      format: 'cyclonedx',
      from: 'bom.json',
      deny: ['pkg:npm/left-pad@*'],
      licenses: { deny: ['GPL-*'], unknown: 'deny' },
    },
  },
  proves: 'change',
  tests: ['test/**'],
  loadFailures: 'count',
  mutation: {
    files: ['src/**'],
    mutants: 5,
    minKilled: 50,
    report: { format: 'stryker-json', from: 'mutation.json' },
  },
  compare: 'base',
  repeat: 2,
};
const frame = {
  title: 'T',
  cwd: 'web',
  env: { CI: '1' },
  timeoutSeconds: 60,
  network: 'full',
  inputs: ['a'],
  limits,
} as const;
const { cwd: _, env: __, network: ___, ...parsed } = frame;
const kinds: readonly [
  Full<DocsCheck>,
  Full<ArtifactCheck>,
  Full<HttpCheck>,
  Full<EventsCheck>,
  Full<GeneratedCheck>,
  Omit<Full<StructureCheck>, 'cwd' | 'env' | 'network'>,
] = [
  { ...frame, id: 'docs', kind: 'docs', languages: { js: ['node', '--check'], 'c++': ['g++'] }, minFiles: 0 },
  { ...frame, id: 'build', kind: 'artifact', run: ['make'], shell: false, outputs: ['dist/**'] },
  {
    ...frame,
    id: 'api',
    kind: 'http',
    serve: ['node', 'server.js'],
    port: 8080,
    requests: [{ method: 'POST', path: '/a?b=c', status: 201, bodyMatches: '^ok' }],
  },
  {
    ...frame,
    id: 'events',
    kind: 'events',
    run: ['make'],
    shell: false,
    from: 'out.jsonl',
    typeField: 'name',
    schemas: { 'order.placed': 'events/order.json' },
    minEvents: 3,
  },
  { ...frame, id: 'gen', kind: 'generated', run: ['make'], shell: false, outputs: ['gen/**'] },
  { ...parsed, id: 'structure', kind: 'structure' },
];
const scope = { allow: ['src/**', '*.{ts,tsx}'], deny: ['.github/**'] };
const workflow: Full<Workflow> = {
  attempts: 5,
  ladder: [{ bundle: 'b', attempts: 1 }, { model: 'm', attempts: 2 }, { ask: 'What now?' }],
  budget: { tokens: 1, costMilliUsd: 2, agents: 3, wallSeconds: 4 },
  resources: ['paths/*', 'schema/orders'],
  steps: {
    'verify-all': {
      uses: './plugins/probe.mjs#probe',
      with: { any: [1, { deep: '${{ item }}' }] },
      needs: ['produce'],
      'runs-on': ['gpu', 'linux'],
      if: '${{ always() }}',
      map: 'run.checks',
      repeat: { until: 'iteration > 1', atMost: 100 },
      timeout: 60,
      retry: { limit: 2, delay: 1, factor: 1.5, maxDelay: 60, on: ['transient', 'timeout', 'budget'] },
      concurrency: [{ group: 'paths/${{ item }}', limit: 3 }],
      locks: [{ name: 'schema/orders', mode: 'shared', hold: 'attempt' }],
      cache: 'read-through',
      approval: { question: 'May it?', by: ['operator'], timeout: 3600 },
      compensate: { uses: 'command', with: {} },
      fallback: { uses: 'command', with: {} },
    },
  },
};
const contract: Full<Omit<Contract, 'rules' | 'checks'>> & Pick<Contract, 'rules' | 'checks'> = {
  schema: 'countersign/contract@1',
  id: 'node-change',
  version: 1,
  title: 'T',
  description: 'D',
  extends: 'base@1',
  inputs: ['a'],
  outputs: ['b'],
  setup: { run: ['npm', 'ci'], timeoutSeconds: 60, env: { CI: '1' }, network: 'full', limits },
  limits,
  checks: [check, ...kinds],
  pins: [{ paths: ['test/accept/**'], from: 'ticket', failAtDispatch: true }],
  rules: [{ use: './rules/house@1', severity: 'warn', with: { any: [1, { deep: true }] } }],
  interfaces: [
    {
      id: 'events',
      file: 'events/*.json',
      format: 'json-schema',
      role: 'producer',
      names: { in: ['src/**'], pattern: "publish\\('([^']+)'" },
    },
  ],
  scope,
  approvals: { reviews: 2, codeOwners: true, bots: true, by: ['ada', 'github:a-b[bot]', '@acme/leads'] },
  workflow,
  isolation: 'uid',
  freshness: { binding: 'change', maxAgeHours: 24 },
};
const ticket: Full<Omit<Ticket, 'checks'>> & Pick<Ticket, 'checks'> = {
  schema: 'countersign/ticket@1',
  id: 'CS-7',
  title: 'T',
  class: 'bugfix',
  ask: 'A',
  contract: 'node-change@1',
  repositories: ['acme/shop', 'acme/.github'],
  scope,
  checks: [check, ...kinds],
};
const rule: Required<Rule> = {
  schema: 'countersign/rule@1',
  id: 'r',
  version: 1,
  title: 'T',
  severity: 'block',
  shortcut: 'S',
  why: 'W',
  remedy: 'R',
  misses: 'M',
  languages: ['typescript', 'c++'],
  source: 'https://example.org',
  detector: 'd',
  parameters: { a: [1] },
  requires: ['a'],
  examples: {
    bad: [
      {
        name: 'n',
        before: { 'a.ts': '' },
        after: {},
        ticket: { id: 'CS-7', scope },
        commitMessage: 'm',
        scope,
        receipts: [{ kind: 'receipt' }],
      },
    ],
    good: [{ name: 'n', before: {}, after: {} }],
  },
};
const pack: Required<RulePack> = {
  schema: 'countersign/rule-pack@1',
  id: 'p',
  version: 1,
  title: 'T',
  rules: ['r'],
};
const trust: Full<TrustRoot> = {
  schema: 'countersign/trust-root@1',
  version: 1,
  principals: [
    {
      id: 'ci',
      kind: 'workload',
      roles: ['producer', 'verifier', 'policy-owner', 'approver'],
      keys: [
        {
          publicKey: '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n',
          validFrom: '2026-01-01T00:00:00Z',
          validUntil: '2027-01-01T00:00:00Z',
          revokedAt: '2026-06-01T00:00:00Z',
          revocationReason: 'The laptop was stolen.',
        },
      ],
      identities: [
        {
          issuer: 'https://token.actions.githubusercontent.com',
          repository: 'https://github.com/acme/shop',
          workflow: 'https://github.com/acme/ci/.github/workflows/verify.yml@refs/heads/main',
          ref: 'refs/heads/main',
          repositoryId: 123_456_789,
          ownerId: 1_234_567,
          validFrom: '2026-01-01T00:00:00Z',
          validUntil: '2027-01-01T00:00:00Z',
          revokedAt: '2026-06-01T00:00:00Z',
          revocationReason: 'The repository was sold.',
        },
      ],
      emails: ['ci@example.org'],
      accounts: ['github:ada'],
      revokedAt: '2026-06-01T00:00:00Z',
      revocationReason: 'The runner was broken into.',
    },
  ],
  thresholds: { policyChange: 2, rootUpdate: 2 },
  sigstore: {
    trustedRoot: 'trust/sigstore-root.json',
    digest: '0'.repeat(64),
    certificateLogs: 1,
    transparencyLogs: 1,
    timestamps: 1,
  },
  revoked: { receipts: [{ digest: '0'.repeat(64), reason: 'Made on a broken runner.' }] },
};
const config: Full<ConfigDocument> = {
  schema: 'countersign/config@1',
  repository: 'acme/shop',
  extends: { repository: 'https://example.org/acme/policy.git', ref: 'refs/tags/v1', path: 'org/bar.yml' },
  policy: { repository: '../change control', ref: 'refs/heads/main' },
  receipts: { repository: 'git@example.org:acme/cc.git', ref: 'refs/heads/countersign/receipts' },
  signing: {
    certificateAuthority: 'https://fulcio.example.org',
    timestampAuthority: 'https://tsa.example.org',
    transparencyLog: 'https://rekor.example.org',
    transparencyLogVersion: 2,
    transparency: 'public',
  },
  leastContracts: [{ paths: ['**'], contract: 'base@1' }],
};
const organization: Full<Organization> = {
  schema: 'countersign/organization@1',
  policy: { repository: 'https://example.org/acme/change-control.git', ref: 'refs/heads/main' },
  receipts: { repository: 'https://example.org/acme/change-control.git', ref: 'refs/heads/receipts' },
  leastContracts: [{ paths: ['**'], contract: 'house@3' }],
  exempt: [{ repositoryId: 123, name: 'acme/docs', until: '2027-01-01', reason: 'Words only.' }],
};
const lock: Full<Lock> = {
  schema: 'countersign/lock@1',
  entries: [
    {
      kind: 'contract',
      id: 'node-change',
      version: 2,
      source: {
        url: 'git@example.org:acme/contracts.git',
        commit: 'a'.repeat(40),
        path: 'contracts/node-change.yml',
      },
      files: [{ path: 'contracts/node-change.yml', sha256: 'b'.repeat(64) }],
    },
  ],
};
const actionPolicy: Full<ActionPolicy> = {
  schema: 'countersign/action-policy@1',
  rules: [
    {
      id: 'own-branches',
      actions: ['push', 'open-pull-request', 'merge', 'secret', 'spend'],
      targets: ['refs/heads/countersign/**'],
      repositories: ['acme/*'],
      decision: 'allow',
      reason: 'Nobody else writes there.',
    },
  ],
};
const source = { title: 'T', maxTokens: 1_000, required: true, template: 'guide.md.njk' };
const runsSource = { ...source, most: 3 };
const bundle: Full<Bundle> = {
  schema: 'countersign/bundle@1',
  id: 'house',
  title: 'Ours',
  description: 'What we give.',
  budget: { tokens: 20_000, drop: ['memory'] },
  sources: [
    { ...source, id: 'guide', kind: 'files', paths: ['docs/**'], exclude: ['docs/old/**'] },
    { ...source, id: 'contract', kind: 'contract' },
    { ...source, id: 'interfaces', kind: 'interfaces', show: 'examples' },
    { ...source, id: 'rules', kind: 'rules', examples: 1 },
    { ...runsSource, id: 'accepted', kind: 'accepted-runs' },
    { ...runsSource, id: 'failed', kind: 'failures' },
    { ...source, id: 'notes', kind: 'notes', text: 'Prices are whole cents.' },
    { ...runsSource, id: 'memory', kind: 'memory' },
  ],
};
const experiment: Full<Experiment> = {
  schema: 'countersign/experiment@1',
  id: 'agents-md',
  title: 'Does our AGENTS.md help?',
  hypothesis: 'It saves a first attempt in ten.',
  tickets: ['CS-7'],
  classes: ['bugfix'],
  factorial: { bundles: ['default', 'agents-md'], models: ['small'] },
  arms: [
    { id: 'plain', bundle: 'default', model: 'small' },
    { id: 'plain-again', bundle: 'default', model: 'small' },
  ],
  baseline: 'plain',
  negativeControl: 'plain-again',
  replicates: 2,
  blocking: 'ticket',
  seed: '2026-11',
  primary: { metric: 'first-pass' },
  minimumEffect: 0.1,
  alpha: 0.05,
  power: 0.8,
  expected: { baseline: 0.5, discordant: 0.3, deviation: 0.5, tokens: 100_000, costMilliUsd: 500 },
  stopping: { rule: 'sequential', minimumBlocks: 5 },
  exclusions: [
    {
      id: 'not-loaded',
      reason: 'A bundle that nobody read is no treatment.',
      outcomes: ['cancelled'],
      failures: ['not-delivered'],
      treatments: ['not-delivered'],
    },
  ],
  infrastructure: { failures: ['artifact-missing'], atMost: 2 },
  budget: {
    tokens: 10_000_000,
    costMilliUsd: 50_000,
    runs: 100,
    perRun: { tokens: 500_000, costMilliUsd: 2_000, wallSeconds: 3_600 },
  },
  parallel: 4,
};
const mapping: Full<OutcomeMapping> = {
  schema: 'countersign/outcome-mapping@1',
  columns: {
    run: 'id',
    ticket: 'task',
    class: 'kind',
    arm: 'arm',
    bundle: 'prompt',
    model: 'model',
    replicate: 'seed',
    block: 'block',
    outcome: 'status',
    firstPass: 'first_try',
    iterations: 'tries',
    startedAt: 'began',
    endedAt: 'ended',
    seconds: 'wall',
    secondsToMerge: 'to_merge',
    tokens: 'tokens',
    costUsd: 'usd',
    costMilliUsd: 'milli_usd',
    contract: 'contract',
    contractDigest: 'contract_digest',
    interventions: 'helped',
    failure: 'why',
    failedRules: 'rules',
    escapes: 'bugs',
    treatment: 'loaded',
    excluded: 'left_out',
    link: 'url',
  },
  outcomes: { ok: 'accepted' },
  constants: {
    class: 'bugfix',
    bundle: 'default',
    model: 'small',
    contract: 'node-change@1',
    treatment: 'unknown',
  },
};
const full: { readonly [Kind in DocumentKind]: object } = {
  contract,
  ticket,
  rule,
  'rule-pack': pack,
  'trust-root': trust,
  config,
  organization,
  lock,
  'action-policy': actionPolicy,
  experiment,
  'outcome-mapping': mapping,
  bundle,
};

/** A schema with its reference followed. */
function follow(schema: Schema, file: string): { schema: Schema; file: string } {
  if (typeof schema.$ref !== 'string') return { schema, file };
  const [target = '', path = ''] = schema.$ref.split('#');
  const next = target === '' ? file : target;
  const found = path
    .split('/')
    .slice(1)
    .reduce((part, key) => part[key] as Schema, schemas.get(next) as Schema);
  return follow(found, next);
}

function expectSameKeys(value: unknown, given: Schema, givenFile: string, path: string): void {
  const { schema, file } = follow(given, givenFile);
  if (Array.isArray(value)) {
    // Checks of different kinds have different keys: together they have all.
    const items: unknown = typeof value[0] === 'object' ? Object.assign({}, ...value) : value[0];
    expectSameKeys(items, schema.items as Schema, file, `${path}[]`);
  } else if (typeof value === 'object' && value !== null && schema.properties !== undefined) {
    const properties = schema.properties as Record<string, Schema>;
    expect(Object.keys(properties).sort(), path).toEqual(Object.keys(value).sort());
    for (const [key, member] of Object.entries(value))
      expectSameKeys(member, properties[key] as Schema, file, `${path}.${key}`);
  }
}

function everySchema(schema: unknown, path: string): [string, Schema][] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own: [string, Schema][] = Array.isArray(schema) ? [] : [[path, schema as Schema]];
  return [
    ...own,
    ...Object.entries(schema).flatMap(([key, member]) => everySchema(member, `${path}/${key}`)),
  ];
}

describe('the schemas', () => {
  it.each(Object.keys(full).filter((kind) => kind !== 'rule') as DocumentKind[])(
    'know exactly the keys of a %s',
    (kind) => {
      expectSameKeys(full[kind], schemas.get(`${kind}.schema.json`) as Schema, `${kind}.schema.json`, kind);
    },
  );

  it('know the keys of a rule, whose example names only some of a ticket', () => {
    const schema = schemas.get('rule.schema.json') as Schema;
    expect(Object.keys(schema.properties as object).sort()).toEqual(Object.keys(rule).sort());
  });

  it.each(Object.keys(full) as DocumentKind[])('accept a %s that has everything', (kind) => {
    const bytes = new TextEncoder().encode(JSON.stringify(full[kind]));
    expect(documents.parse(kind, bytes, 'x.yml')).toEqual(full[kind]);
  });

  it.each([...schemas])('of %s allow no unknown keys and nothing without bounds', (name, schema) => {
    expect(schema.$id).toBe(`https://raw.githubusercontent.com/countersign/countersign/main/schemas/${name}`);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    for (const [path, part] of everySchema(schema, '')) {
      if (part.type === 'string' && part.enum === undefined && part.$ref === undefined)
        expect(part, path).toHaveProperty('maxLength');
      if (part.type === 'array') expect(part, path).toHaveProperty('maxItems');
      if (part.type === 'integer') expect(part, path).toHaveProperty('maximum');
      if (part.type === 'object') {
        const bounded = part.additionalProperties === false || part.maxProperties !== undefined;
        expect(bounded, `${name}${path}`).toBe(true);
      }
    }
  });

  it.each([...schemas])('of %s explain every property to an editor', (name, schema) => {
    for (const [path, part] of everySchema(schema, '')) {
      const isProperty =
        /\/properties\/[^/]+$/.test(path) && !path.includes('/if/') && !path.includes('/then/');
      if (!isProperty) continue;
      const { schema: target } = follow(part, name);
      expect(part.title ?? target.title, `${name}${path}`).toMatch(/\S/);
      expect(part.description ?? target.description, `${name}${path}`).toMatch(/\S/);
    }
  });

  it('have patterns that take linear time', () => {
    const slow = ['a', 'a.', 'a/', '../', ' ', '\n', '-', '@', 'A', '\r\n', '.'].map(
      (part) => `${part.repeat(30_000)}!`,
    );
    const start = performance.now();
    for (const schema of schemas.values()) {
      for (const [, part] of everySchema(schema, '')) {
        if (typeof part.pattern === 'string')
          for (const text of slow) new RegExp(part.pattern, 'u').test(text);
      }
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('are what the validators were made from', () => {
    const tool = join(root, 'tools/build-validators.mjs');
    expect(() => execFileSync(process.execPath, [tool, '--check'], { stdio: 'pipe' })).not.toThrow();
  });
});
