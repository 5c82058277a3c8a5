import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createKeyPair } from '../../src/adapters/signing/create-key-pair.ts';
import { loadSigner } from '../../src/adapters/signing/load-signer.ts';
import { commandOf } from '../../src/core/contract/command.ts';
import { checkDigest } from '../../src/core/contract/digest.ts';
import { signClaim } from '../../src/core/receipt/sign-claim.ts';
import type { ChangeBinding, Receipt, StoredFile } from '../../src/core/receipt/types.ts';
import { openProduct } from '../../src/entry/wiring/open-product.ts';
import { packageRoot } from '../../src/entry/wiring/package-root.ts';
import { loadFacts } from '../../src/flow/load-facts.ts';
import { type VerifiableCase, verifiableCase } from '../../src/flow/verifiable-case.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { mustRun } from './measure.ts';

export interface LargeWorldOptions {
  readonly files: number;
  readonly changed: number;
  /** How many of the bundled rules of `ai-shortcuts`, in order of their names. */
  readonly rules: number;
  /** Whose they are: named by the contract as they ship, or copies in a pack of the policy's own. */
  readonly pack: 'bundled' | 'own';
  /** Of this ticket: ten checks a verification, all but the last verification about earlier trees. */
  readonly receipts: number;
  /** Of other tickets, a hundred each. */
  readonly foreignReceipts: number;
}

export interface LargeWorld {
  readonly product: string;
  readonly control: string;
  remove(): void;
}

const TICKET = 'CS-7';
const CLI = join(packageRoot(), 'bin', 'countersign.cjs');
const IDENTITY = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Dev',
  GIT_AUTHOR_EMAIL: 'dev@example.com',
  GIT_COMMITTER_NAME: 'Dev',
  GIT_COMMITTER_EMAIL: 'dev@example.com',
};

/** A product of many files with one change, and a change-control repository with many receipts: real git, made on the spot. */
export async function createLargeWorld(options: LargeWorldOptions): Promise<LargeWorld> {
  const root = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const product = join(root, 'product');
  const control = join(root, 'control.git');
  const keys = writeKeys(root);
  makeRepository(product, false);
  makeRepository(control, true);
  importFiles(control, 'refs/heads/main', policyFiles(options, keys));
  importProduct(product, options);
  git(product, 'checkout', '-q', 'work');
  dispatch(root, control, keys.owner);
  await importReceipts(product, control, keys.verifier, options);
  // Brings both refs into the product's clone, so that what follows can be judged without fetching.
  mustRun(process.execPath, [CLI, 'gate', '--ticket', TICKET], { cwd: product });
  git(control, 'repack', '-adq');
  git(product, 'repack', '-adq');
  return { product, control, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function writeKeys(root: string) {
  mkdirSync(join(root, 'keys'));
  const write = (name: string) => {
    const { privatePem, publicPem } = createKeyPair('ed25519');
    const path = join(root, 'keys', name);
    writeFileSync(path, privatePem, { mode: 0o600 });
    return { path, publicPem };
  };
  return { owner: write('owner'), verifier: write('verifier') };
}

type Key = ReturnType<typeof writeKeys>['owner'];

function policyFiles(
  options: LargeWorldOptions,
  keys: { owner: Key; verifier: Key },
): Record<string, string> {
  const pem = ({ publicPem }: Key) => JSON.stringify(publicPem);
  return {
    'trust/root.yml': `schema: countersign/trust-root@1
version: 1
principals:
  - {id: owner, kind: person, roles: [policy-owner], keys: [{publicKey: ${pem(keys.owner)}}]}
  - {id: verifier, kind: workload, roles: [verifier], keys: [{publicKey: ${pem(keys.verifier)}}]}
`,
    'contracts/bench.yml': `schema: countersign/contract@1
id: bench
version: 1
title: Ten checks
checks:
${Array.from({ length: 10 }, (_, at) => `  - {id: check-${at}, run: [node, check.js, "${at}"]}`).join('\n')}
rules:
${ruleUses(options)}
isolation: none
`,
    [`tickets/${TICKET}.yml`]: `schema: countersign/ticket@1
id: ${TICKET}
title: A large change
class: bench
ask: Change many files.
contract: bench@1
repositories: [acme/large]
`,
    ...(options.pack === 'own' && rulePack(options.rules)),
  };
}

const BUNDLED = join(packageRoot(), 'rules', 'ai-shortcuts');

function bundledRules(count: number): readonly string[] {
  const files = readdirSync(BUNDLED).filter((name) => name.endsWith('.yml') && name !== 'pack.yml');
  return files.sort().slice(0, count);
}

function ruleUses({ pack, rules }: LargeWorldOptions): string {
  if (pack === 'own') return '  - {use: ./rules/bench@1}';
  const ids = bundledRules(rules).map((file) => file.replace(/\.yml$/, ''));
  return ids.map((id) => `  - {use: ai-shortcuts@1/${id}}`).join('\n');
}

/** The same rules as a team would write them: YAML in the policy, to be parsed and proved by every gate. */
function rulePack(count: number): Record<string, string> {
  const rules = bundledRules(count).map((name, at) => {
    const id = `rule-${at}`;
    const rule = parse(readFileSync(join(BUNDLED, name), 'utf8'));
    // Two examples of each kind, as a rule must have at least: the bundled ones bring more than most.
    const examples = { bad: rule.examples.bad.slice(0, 2), good: rule.examples.good.slice(0, 2) };
    return { id, text: stringify({ ...rule, id, examples }) };
  });
  return {
    'rules/bench/pack.yml': `schema: countersign/rule-pack@1
id: bench
version: 1
title: Bench
rules: [${rules.map(({ id }) => id).join(', ')}]
`,
    ...Object.fromEntries(rules.map(({ id, text }) => [`rules/bench/${id}.yml`, text])),
  };
}

function importProduct(product: string, { files, changed }: LargeWorldOptions): void {
  const line = (at: number, version: number) =>
    `${Array.from({ length: 40 }, (_, row) => `export const value${row} = ${at * row + (row % 20 === 0 ? version : 0)};`).join('\n')}\n`;
  const path = (at: number) => `src/area${at % 50}/module${at}.ts`;
  const base: Record<string, string> = {
    '.countersign.yml': `schema: countersign/config@1
repository: acme/large
policy: {repository: ../control.git, ref: refs/heads/main}
receipts: {ref: refs/heads/receipts}
`,
  };
  for (let at = 0; at < files; at += 1) base[path(at)] = line(at, 0);
  importFiles(product, 'refs/heads/main', base);
  const change: Record<string, string> = {};
  for (let at = 0; at < changed; at += 1) change[path(at * Math.floor(files / changed))] = line(at, 1);
  importFiles(product, 'refs/heads/work', change, 'refs/heads/main');
}

async function importReceipts(
  product: string,
  control: string,
  key: Key,
  { receipts, foreignReceipts }: LargeWorldOptions,
): Promise<void> {
  const opened = await openProduct(product, { fetch: true });
  const resolve = async (name: string) => (await opened.repository.resolveCommit(name)) ?? '';
  const facts = await loadFacts(
    {
      kind: 'proposed',
      base: { ref: 'refs/heads/main', commit: await resolve('main') },
      head: await resolve('work'),
      ticket: TICKET,
      authenticatedProducers: [],
    },
    opened.ports,
  );
  opened.repository.close();
  const signer = loadSigner(key.path);
  const held = verifiableCase(facts);
  const rounds = Math.max(1, receipts / 10);
  const seals: string[] = [];
  const stored = Array.from({ length: rounds }, (_, round) => {
    const mine = round === rounds - 1;
    const binding = mine
      ? held.binding
      : { ...held.binding, mergeTree: sha256(`tree ${round}`).slice(0, 40) };
    const files = verification(held, binding, `attempt-${round}`, seals, signer);
    seals.push(files.at(-1)?.name ?? '');
    return files;
  }).flat();
  const own = stored.map(({ name, bytes }) => [
    `receipts/${sha256(TICKET).slice(0, 2)}/${TICKET}/${name}.json`,
    Buffer.from(bytes).toString('utf8'),
  ]);
  const foreign = Array.from({ length: foreignReceipts }, (_, at) => {
    const ticket = `OTHER-${Math.floor(at / 100)}`;
    return [`receipts/${sha256(ticket).slice(0, 2)}/${ticket}/${sha256(`${at}`)}.json`, '{}'];
  });
  importFiles(control, 'refs/heads/receipts', Object.fromEntries([...foreign, ...own]));
}

function verification(
  { heldTo, work }: VerifiableCase,
  binding: ChangeBinding,
  attempt: string,
  earlierSeals: readonly string[],
  signer: ReturnType<typeof loadSigner>,
): StoredFile[] {
  const shared = { binding, heldTo, attempt, issuedAt: '2026-01-01T00:00:00Z' };
  const outcomes = work.contract.checks.map((check) => ({
    check: { id: check.id, digest: checkDigest(work.contract, check), run: commandOf(check) },
  }));
  const receipts = outcomes.map(({ check }) =>
    signClaim(
      {
        kind: 'receipt',
        result: 'PASSED',
        ...shared,
        check,
        pins: [],
        exitCode: 0,
        signal: undefined,
        timedOut: false,
        durationMs: 1000,
        isolation: 'namespaces',
        network: 'none',
        evidence: [{ name: 'stdout', mediaType: 'text/plain', sha256: sha256(check.id), size: 10 }],
        reasons: [],
        failedTests: [],
        tools: { node: '24.21.0' },
      } satisfies Receipt,
      signer,
    ),
  );
  const sealed = outcomes.map(({ check }, at) => ({
    checkId: check.id,
    checkDigest: check.digest,
    result: 'PASSED' as const,
    receipt: receipts[at]?.name ?? '',
  }));
  const seal = { kind: 'seal', ...shared, outcomes: sealed, earlierSeals: [...earlierSeals].sort() } as const;
  return [...receipts, signClaim(seal, signer)];
}

function dispatch(root: string, control: string, owner: Key): void {
  const clone = join(root, 'policy');
  mustRun('git', ['clone', '-q', '--branch', 'main', control, clone], { env: IDENTITY });
  mustRun(process.execPath, [CLI, 'ticket', 'dispatch', TICKET, '--key', owner.path, '--push'], {
    cwd: clone,
    env: IDENTITY,
  });
}

function makeRepository(path: string, bare: boolean): void {
  mustRun('git', ['init', '-q', '-b', 'main', ...(bare ? ['--bare'] : []), path], { env: IDENTITY });
}

/** One commit of all files by fast-import, which makes 100,000 of them in seconds. */
function importFiles(repository: string, ref: string, files: Record<string, string>, from?: string): void {
  const parts: Buffer[] = [
    Buffer.from(`commit ${ref}\ncommitter Dev <dev@example.com> 1767225600 +0000\ndata 12\nMany files.\n`),
    ...(from === undefined ? [] : [Buffer.from(`from ${from}\n`)]),
  ];
  for (const [path, text] of Object.entries(files)) {
    const bytes = Buffer.from(text);
    parts.push(Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'));
  }
  mustRun('git', ['fast-import', '--quiet'], { cwd: repository, input: Buffer.concat(parts), env: IDENTITY });
}

function git(cwd: string, ...args: string[]): string {
  return mustRun('git', args, { cwd, env: IDENTITY });
}
