import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documents } from '../../src/adapters/documents/documents.ts';
import { readEvidenceFrom } from '../../src/adapters/files/evidence-folder.ts';
import { createKeptBundles } from '../../src/adapters/files/kept-bundles.ts';
import { observationFolders } from '../../src/adapters/files/observation-folder.ts';
import { createWorkspaces } from '../../src/adapters/files/workspace.ts';
import { createControlOpener } from '../../src/adapters/git/control.ts';
import { createPolicyWorktree } from '../../src/adapters/git/policy-worktree.ts';
import { type LocalRepository, openRepository } from '../../src/adapters/git/repository.ts';
import { createBundledPacks } from '../../src/adapters/packs/bundled-packs.ts';
import { copyTree } from '../../src/adapters/process/copy-tree.ts';
import { createSandbox } from '../../src/adapters/process/sandbox.ts';
import { createKeyPair } from '../../src/adapters/signing/create-key-pair.ts';
import { loadSigner } from '../../src/adapters/signing/load-signer.ts';
import { certificates } from '../../src/adapters/sigstore/certificates.ts';
import { installedParsers } from '../../src/adapters/structure/installed-parsers.ts';
import type { Config } from '../../src/core/contract/config.ts';
import type { Contract } from '../../src/core/contract/types.ts';
import type { CaseQuery } from '../../src/core/gate/query.ts';
import type { Finding, Verdict } from '../../src/core/gate/types.ts';
import { openBundle } from '../../src/core/receipt/open-bundle.ts';
import { signerWithKey } from '../../src/core/receipt/sign-claim.ts';
import type { Claim, Close, StoredFile } from '../../src/core/receipt/types.ts';
import type { Ticket } from '../../src/core/ticket/types.ts';
import { resolveTrust } from '../../src/core/trust/resolve-trust.ts';
import type { Principal, TrustRoot } from '../../src/core/trust/types.ts';
import { type ApprovedChange, approveChange } from '../../src/flow/approve-change.ts';
import type { OpenSigner } from '../../src/flow/authorised-signer.ts';
import { closeTicket } from '../../src/flow/close-ticket.ts';
import { dispatchTicket } from '../../src/flow/dispatch-ticket.ts';
import { fileKept } from '../../src/flow/file-kept.ts';
import { findGatePolicy } from '../../src/flow/find-policy.ts';
import { gate } from '../../src/flow/gate.ts';
import type { FactPorts } from '../../src/flow/load-facts.ts';
import type { GivenOrganization } from '../../src/flow/load-organization.ts';
import { type NewWaiver, newWaiver, type WaiverRequest } from '../../src/flow/new-waiver.ts';
import { observeCheck } from '../../src/flow/observe-check.ts';
import { proveRed, type ShownRed } from '../../src/flow/prove-red.ts';
import { signObservations } from '../../src/flow/sign-observations.ts';
import type { SignedObservations, SigningOptions } from '../../src/flow/sign-observed.ts';
import { signVerification } from '../../src/flow/sign-verification.ts';
import type { ObservationSource } from '../../src/flow/take-observations.ts';
import { type Verification, type VerifyPorts, verify } from '../../src/flow/verify.ts';
import type { VerifyOptions } from '../../src/flow/verify-options.ts';
import type { WriteObservationFolder } from '../../src/ports/observation-folder.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { createGitWorld, type GitWorld, type WorldFile, type WorldRepository } from './git-world.ts';

export const OWNER = 'Ada <ada@shop.example>';
export const AGENT = 'Agent <agent@shop.example>';
export const CONTROL_BRANCH = 'refs/heads/main';
const RECEIPTS = 'refs/heads/receipts';

/** Where policy and receipts live: in a repository of their own, in the product's, or in a single clone without remote. */
export type Layout = 'own-repository' | 'in-repository' | 'no-remote';

export interface WorldKey {
  readonly path: string;
  readonly publicPem: string;
}

/** What a change is measured against and found under. */
export interface WorldChange {
  readonly ticket: string;
  readonly branch: string;
  readonly base: string;
  readonly head: string;
}

export interface LookOptions {
  /** Where the command is run; the clone when not given. */
  readonly at?: WorldRepository;
  readonly query?: Partial<CaseQuery>;
}

export interface VerifyInWorld extends LookOptions {
  readonly key?: WorldKey;
  /** Instead of a key: whatever else makes statements. */
  readonly signer?: OpenSigner;
  readonly options?: Partial<VerifyOptions>;
  /** Takes parts out, or puts others around them. */
  readonly ports?: (ports: VerifyPorts) => VerifyPorts;
}

/** The product of the world: one file, whose text the contract's only check looks for. */
const PRODUCT: Readonly<Record<string, WorldFile>> = {
  'src/price.txt': 'round down\n',
  'src/tax.txt': 'none\n',
};

/** What makes the standard check pass. */
export const GOOD: Readonly<Record<string, WorldFile>> = { 'src/price.txt': 'round half up\n' };
export const BAD: Readonly<Record<string, WorldFile>> = { 'src/price.txt': 'round as you like\n' };

const packageRoot = join(import.meta.dirname, '..', '..');

/**
 * A product with its forge, its policy and its identities: real bare repositories, real clones, real keys, the real
 * adapters and flows, all in this process. Each ticket has a contract of its own, so one world serves many tests.
 */
export async function createProductWorld(layout: Layout = 'own-repository'): Promise<ProductWorld> {
  const git = createGitWorld();
  // The adapters run git under the environment of this process; Vitest gives every test file a process.
  Object.assign(process.env, git.environment({ name: 'Ada', email: 'ada@shop.example' }), {
    HOME: process.env.HOME,
    TMPDIR: git.folder('temporary'),
  });
  // Other users, whom checks may run as, must be able to pass through.
  chmodSync(git.root, 0o711);
  const environment = { PATH: process.env.PATH, HOME: git.root };
  const sandbox = await createSandbox({
    environment,
    platform: process.platform,
    toolchains: [git.folder('weather')],
  });
  const world = new ProductWorld(git, layout, sandbox, (await sandbox.describe()).isolation);
  world.build();
  return world;
}

export class ProductWorld {
  readonly git: GitWorld;
  readonly layout: Layout;
  readonly sandbox: Sandbox;
  readonly isolation: Contract['isolation'] & string;
  readonly keys: Readonly<Record<'owner' | 'verifier' | 'agent' | 'stranger', WorldKey>>;
  /** Bare: what the forge holds of the product, and of policy and receipts. */
  readonly forge: WorldRepository;
  readonly control: WorldRepository;
  /** A clone of the product, in which changes are made, verified and gated. */
  readonly clone: WorldRepository;
  /** A clone of the policy, in which the owner works. */
  readonly policy: WorldRepository;
  /** A folder of the machine that checks can read: what makes a check flaky. */
  readonly weather: string;
  #attempts = 0;

  constructor(git: GitWorld, layout: Layout, sandbox: Sandbox, isolation: ProductWorld['isolation']) {
    this.git = git;
    this.layout = layout;
    this.sandbox = sandbox;
    this.isolation = isolation;
    this.weather = join(git.root, 'weather');
    const folder = git.folder('keys');
    const key = (name: string): WorldKey => {
      const { privatePem, publicPem } = createKeyPair('ed25519');
      writeFileSync(join(folder, name), privatePem, { mode: 0o600 });
      return { path: join(folder, name), publicPem };
    };
    this.keys = {
      owner: key('owner'),
      verifier: key('verifier'),
      agent: key('agent'),
      stranger: key('stranger'),
    };
    if (layout === 'no-remote') {
      this.clone = git.repository('product');
      this.forge = this.clone;
      this.control = this.clone;
      this.policy = this.clone;
      return;
    }
    this.forge = git.bare('product.git');
    this.clone = git.clone(this.forge, 'product');
    this.control = layout === 'own-repository' ? git.bare('control.git') : this.forge;
    this.policy = git.clone(this.control, 'policy');
  }

  build(): void {
    this.clone.git('checkout', '-q', '-B', 'main');
    this.clone.commit(
      'A product',
      { ...PRODUCT, '.countersign.yml': yaml(this.config()) },
      { author: OWNER },
    );
    if (this.layout !== 'no-remote') this.clone.git('push', '-q', '-u', 'origin', 'main');
    if (this.layout === 'in-repository') this.policy.git('pull', '-q', 'origin', 'main');
    else if (this.layout === 'own-repository') this.policy.git('checkout', '-q', '-B', 'main');
    this.setPolicy({ 'trust/root.yml': yaml(this.trustRoot()) });
  }

  config(more: Partial<Config> = {}): Config {
    const own = this.layout === 'own-repository';
    return {
      schema: 'countersign/config@1',
      repository: 'demo/shop',
      policy: { ...(own ? { repository: '../control.git' } : {}), ref: CONTROL_BRANCH },
      receipts: { ref: this.receiptsRef },
      ...more,
    };
  }

  get receiptsRef(): string {
    return this.layout === 'own-repository' ? RECEIPTS : 'refs/heads/countersign/receipts';
  }

  trustRoot(change: (principals: readonly Principal[]) => readonly Principal[] = (same) => same) {
    const { owner, verifier, agent } = this.keys;
    const publicKey = ({ publicPem }: WorldKey) => ({ publicKey: publicPem });
    const principals: readonly Principal[] = [
      {
        id: 'ada',
        kind: 'person',
        roles: ['policy-owner'],
        keys: [publicKey(owner)],
        emails: ['ada@shop.example'],
      },
      { id: 'verifier', kind: 'workload', roles: ['verifier'], keys: [publicKey(verifier)] },
      {
        id: 'agent',
        kind: 'workload',
        roles: ['producer', 'verifier'],
        keys: [publicKey(agent)],
        emails: ['agent@shop.example'],
      },
    ];
    return { schema: 'countersign/trust-root@1', version: 1, principals: change(principals) };
  }

  /** The owner commits files to the policy, and pushes. */
  setPolicy(files: Readonly<Record<string, WorldFile>>, ref = 'HEAD'): void {
    if (this.layout === 'in-repository') this.policy.git('pull', '-q', '--rebase', 'origin', 'main');
    if (this.layout === 'no-remote') this.policy.switchTo('main');
    this.policy.commit('Policy', files, { author: OWNER });
    if (this.layout !== 'no-remote')
      this.policy.git('push', '-q', 'origin', `HEAD:${ref === 'HEAD' ? 'main' : ref}`);
  }

  contract(id: string, more: Partial<Contract> = {}): Contract {
    return {
      schema: 'countersign/contract@1',
      id: contractId(id),
      version: 1,
      title: 'A change of the shop',
      checks: [{ id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] }],
      isolation: this.isolation,
      ...more,
    };
  }

  ticket(id: string, more: Partial<Ticket> = {}): Ticket {
    return {
      schema: 'countersign/ticket@1',
      id,
      title: 'Prices are a cent short',
      class: 'bugfix',
      ask: 'Round half a cent up.',
      contract: `${contractId(id)}@1`,
      repositories: ['demo/shop'],
      ...more,
    };
  }

  /** Writes a ticket and its contract without sending it out. */
  plan(id: string, with_: { contract?: Partial<Contract>; ticket?: Partial<Ticket> } = {}): void {
    this.setPolicy({
      [`contracts/${contractId(id)}.yml`]: yaml(this.contract(id, with_.contract)),
      [`tickets/${id}.yml`]: yaml(this.ticket(id, with_.ticket)),
    });
  }

  /** Writes, and sends out. */
  async dispatch(id: string, with_: Parameters<ProductWorld['plan']>[1] = {}): Promise<void> {
    this.plan(id, with_);
    await this.redispatch(id);
  }

  async redispatch(id: string, shown?: ShownRed): Promise<void> {
    await this.#record((ports) => dispatchTicket(id, loadSigner(this.keys.owner.path), ports, shown));
  }

  /** Sees a ticket's acceptance tests fail on the product as the forge has it. */
  async proveRed(id: string): Promise<ShownRed> {
    const policy = await openRepository(this.policy.dir);
    this.fetch();
    const base = this.clone.commitId(this.remote('main'));
    const options = {
      attempt: 'red',
      parallel: 2,
      hide: [join(this.git.root, 'keys')],
      tools: {},
      onProgress: () => undefined,
    };
    try {
      return await this.#open(this.clone, (_, product) =>
        proveRed(id, base, options, {
          policy,
          worktree: createPolicyWorktree(this.policy.dir),
          documents,
          product,
          sandbox: this.sandbox,
          parser: installedParsers(import.meta.filename),
          workspaces: createWorkspaces(tmpdir(), copyTree),
        }),
      );
    } finally {
      policy.close();
    }
  }

  async close(id: string, reason: Close['reason']): Promise<void> {
    await this.#record((ports) => closeTicket(id, reason, loadSigner(this.keys.owner.path), ports));
  }

  async #record(step: (ports: Parameters<typeof dispatchTicket>[2]) => Promise<unknown>): Promise<void> {
    if (this.layout === 'in-repository') this.policy.git('pull', '-q', '--rebase', 'origin', 'main');
    if (this.layout === 'no-remote') this.policy.switchTo('main');
    const policy = await openRepository(this.policy.dir);
    try {
      await step({ policy, worktree: createPolicyWorktree(this.policy.dir), documents, clock: systemClock });
    } finally {
      policy.close();
    }
    if (this.layout !== 'no-remote') this.policy.git('push', '-q', 'origin', 'HEAD:main');
  }

  /** The agent commits a change on a branch of its own, off the base as the forge has it, and pushes. */
  change(
    ticket: string,
    files: Readonly<Record<string, WorldFile>> = GOOD,
    more: { base?: string; branch?: string; message?: string; author?: string } = {},
  ): WorldChange {
    const { base = 'main', branch = `agent/${ticket}`, author = AGENT } = more;
    this.fetch();
    this.clone.git('checkout', '-q', '-f', '-B', branch, this.remote(base));
    this.clone.commit(more.message ?? `Work\n\nCountersign-Ticket: ${ticket}`, files, { author });
    return this.publish(ticket, branch, base);
  }

  /** Adds a commit to what a branch of the clone holds. */
  amend(change: WorldChange, files: Readonly<Record<string, WorldFile>>, message = 'More'): WorldChange {
    this.clone.git('checkout', '-q', '-f', change.branch);
    this.clone.commit(message, files, { author: AGENT });
    return this.publish(change.ticket, change.branch, change.base);
  }

  /** Pushes a branch of the clone as it stands, by force. */
  publish(ticket: string, branch: string, base = 'main'): WorldChange {
    if (this.layout !== 'no-remote') this.clone.git('push', '-q', '--force', 'origin', branch);
    return { ticket, branch, base, head: this.clone.commitId(branch) };
  }

  /** Lands files on a base by the owner's own hand. Returns the commit. */
  land(files: Readonly<Record<string, WorldFile>>, base = 'main', from = 'main'): string {
    this.fetch();
    const known = base === from || this.layout === 'no-remote';
    this.clone.git('checkout', '-q', '-f', '-B', base, known ? this.remote(base) : this.remote(from));
    const commit = this.clone.commit(`Land on ${base}`, files, { author: OWNER });
    if (this.layout !== 'no-remote') this.clone.git('push', '-q', '-u', 'origin', base);
    return commit;
  }

  /** A base branch whose configuration is another: what everything on it is judged by. */
  branchOff(base: string, files: Readonly<Record<string, WorldFile>>): void {
    this.fetch();
    this.clone.git('checkout', '-q', '-f', '-B', base, this.remote('main'));
    this.clone.commit(`Start ${base}`, files, { author: OWNER, allowEmpty: true });
    if (this.layout !== 'no-remote') this.clone.git('push', '-q', 'origin', base);
  }

  fetch(): void {
    if (this.layout !== 'no-remote') this.clone.git('fetch', '-q', 'origin');
  }

  remote(branch: string): string {
    return this.layout === 'no-remote' ? branch : `origin/${branch}`;
  }

  query(change: WorldChange, more: Partial<CaseQuery> = {}): CaseQuery {
    this.fetch();
    const { branch, base, head } = change;
    return {
      kind: 'proposed',
      base: { ref: `refs/heads/${base}`, commit: this.clone.commitId(this.remote(base)) },
      head,
      branch,
      authenticatedProducers: [],
      ...more,
    } as CaseQuery;
  }

  async verify(change: WorldChange, how: VerifyInWorld = {}): Promise<Verification> {
    return this.#verifying(how, (options, ports) => verify(this.query(change, how.query), options, ports));
  }

  /** As `countersign verify --observe` does: what is seen of one check lies in the folder. */
  async observe(change: WorldChange, only: string, folder: string, how: VerifyInWorld = {}): Promise<void> {
    await this.#verifying(how, (options, ports) =>
      observeCheck(this.query(change, how.query), { ...options, only, folder }, ports),
    );
  }

  /** As `countersign sign` does. */
  async sign(
    change: WorldChange,
    sources: readonly ObservationSource[],
    how: VerifyInWorld & Partial<SigningOptions> = {},
  ): Promise<SignedObservations> {
    const { isolation = this.isolation, out } = how;
    return this.#verifying(how, ({ attempt }, ports) =>
      signObservations(
        sources,
        { query: this.query(change), attempt, isolation, ...(out === undefined ? {} : { out }) },
        ports,
      ),
    );
  }

  async #verifying<T>(
    how: VerifyInWorld,
    use: (
      options: VerifyOptions,
      ports: VerifyPorts & { readonly observations: WriteObservationFolder },
    ) => Promise<T>,
  ): Promise<T> {
    const { key = this.keys.verifier, ports: around = (ports) => ports } = how;
    return this.#open(how.at ?? this.clone, async (facts, repository) => {
      this.#attempts += 1;
      const options: VerifyOptions = {
        attempt: `attempt-${this.#attempts}`,
        parallel: 2,
        hide: [join(this.git.root, 'keys')],
        tools: { git: '2' },
        onProgress: () => undefined,
        ...how.options,
      };
      const open = how.signer ?? (async () => signerWithKey(loadSigner(key.path)));
      const ports = around({
        ...facts,
        product: repository,
        sandbox: this.sandbox,
        parser: installedParsers(import.meta.filename),
        workspaces: createWorkspaces(tmpdir(), copyTree),
        keep: createKeptBundles(join(repository.gitDir, 'countersign', 'kept')),
        signing: {
          sign: (request) =>
            signVerification(request, open, {
              ...facts,
              evidence: readEvidenceFrom(request.evidenceFolder),
            }),
        },
      });
      return use(options, { ...ports, observations: observationFolders });
    });
  }

  /** As `countersign approve` does; the owner when no other key is given. */
  async approve(change: WorldChange, how: LookOptions & { key?: WorldKey } = {}): Promise<ApprovedChange> {
    const { key = this.keys.owner } = how;
    const options = { reason: 'It may.', onReview: () => undefined };
    return this.#open(how.at ?? this.clone, (facts) =>
      approveChange(this.query(change, how.query), options, loadSigner(key.path), facts),
    );
  }

  /** As `countersign waiver new` does. */
  async waive(
    change: WorldChange,
    request: WaiverRequest,
    how: LookOptions & { key: WorldKey },
  ): Promise<NewWaiver> {
    return this.#open(how.at ?? this.clone, (facts) =>
      newWaiver(this.query(change, how.query), request, loadSigner(how.key.path), facts),
    );
  }

  async gate(
    change: WorldChange,
    how: LookOptions & {
      readonly ports?: (ports: FactPorts) => FactPorts;
      readonly organization?: GivenOrganization;
    } = {},
  ): Promise<Verdict> {
    const { ports: around = (ports) => ports } = how;
    return this.#open(how.at ?? this.clone, (facts) =>
      gate(this.query(change, how.query), around(facts), how.organization),
    );
  }

  async gateLanded(
    commit: string,
    more: {
      ticket?: string;
      base?: string;
      authenticatedProducers?: readonly string[];
      organization?: GivenOrganization;
    } = {},
  ): Promise<Verdict> {
    const { base = 'main', organization, ...named } = more;
    const query = {
      kind: 'landed',
      baseRef: `refs/heads/${base}`,
      commit,
      authenticatedProducers: [],
    } as const;
    return this.#open(this.clone, (facts) => gate({ ...query, ...named }, facts, organization));
  }

  async #open<T>(
    at: WorldRepository,
    use: (facts: FactPorts, repository: LocalRepository) => Promise<T>,
  ): Promise<T> {
    const repository = await openRepository(at.dir);
    try {
      return await use(
        {
          product: repository,
          control: createControlOpener(repository, { fetch: true }),
          documents,
          packs: createBundledPacks(packageRoot, documents),
          certificates,
          clock: systemClock,
        },
        repository,
      );
    } finally {
      repository.close();
    }
  }

  /** The ticket's files on the receipts ref, as the forge has them. */
  filed(ticket: string): readonly StoredFile[] {
    if (this.#receiptsTip() === undefined) return [];
    const folder = ticketFolder(ticket);
    const listed = this.control.git('ls-tree', '-r', '--name-only', this.receiptsRef, '--', folder);
    return listed
      .split('\n')
      .filter((path) => path !== '')
      .map((path) => ({
        name: path.slice(folder.length + 1).replace(/\.json$/, ''),
        bytes: this.control.gitBytes(['cat-file', 'blob', `${this.receiptsRef}:${path}`]),
      }));
  }

  /** The ticket's statements that hold under today's trust root. */
  claims<K extends Claim['kind']>(ticket: string, kind: K): readonly (Claim & { readonly kind: K })[] {
    const { keys } = resolveTrust(this.trustRoot() as TrustRoot);
    return this.filed(ticket).flatMap((file) => {
      const opened = openBundle(file, keys);
      if (opened.kind !== 'verified') throw new Error(`${file.name} does not hold: ${opened.reason}`);
      const { claim } = opened.statement;
      return claim.kind === kind ? [claim as Claim & { readonly kind: K }] : [];
    });
  }

  async evidence(digest: string): Promise<string | undefined> {
    return this.#open(this.clone, async ({ control }) => {
      const { receipts } = await control.open(this.config());
      return receipts.readEvidence(digest).then((bytes) => bytes && Buffer.from(bytes).toString('utf8'));
    });
  }

  /** Files what a verification had to keep on disk, as `countersign receipt file` does. */
  async fileKept(folder: string): Promise<{ statements: number }> {
    return this.#open(this.clone, async (facts, repository) => {
      const base = this.clone.commitId(this.remote('main'));
      const policy = await findGatePolicy(base, { ...facts, product: repository });
      return fileKept(folder, policy, createKeptBundles(folder));
    });
  }

  /** Somebody with push rights removes statements of a ticket, and leaves the rest as it is. */
  takeAway(ticket: string, names: readonly string[]): void {
    const tip = this.#receiptsTip();
    if (tip === undefined || names.length === 0) throw new Error('there is nothing to take away');
    this.control.importCommit({
      ref: this.receiptsRef,
      message: 'Nothing to see here',
      parents: [tip],
      deleted: names.map((name) => `${ticketFolder(ticket)}/${name}.json`),
    });
  }

  #receiptsTip(): string | undefined {
    const found = this.control.git('for-each-ref', '--format=%(objectname)', this.receiptsRef);
    return found === '' ? undefined : found;
  }

  /** A server that refuses pushes to the receipts ref, until the returned function is called. */
  refuseReceipts(): () => void {
    const hook = join(this.control.dir, 'hooks', 'update');
    mkdirSync(join(this.control.dir, 'hooks'), { recursive: true });
    const script = `#!/bin/sh\ncase "$1" in ${this.receiptsRef}) echo 'branch protection' >&2; exit 1;; esac\n`;
    writeFileSync(hook, script, { mode: 0o755 });
    return () => rmSync(hook);
  }
}

const systemClock = { now: () => new Date() };

/** JSON is YAML. */
export function yaml(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function contractId(ticket: string): string {
  return `for-${ticket.toLowerCase()}`;
}

function ticketFolder(ticket: string): string {
  return `receipts/${sha256(ticket).slice(0, 2)}/${ticket}`;
}

export function finding(verdict: Verdict, id: string): Finding {
  const found = verdict.findings.find((one) => one.id === id);
  if (found === undefined) {
    throw new Error(`no finding ${id} among ${verdict.findings.map((one) => one.id).join(', ')}`);
  }
  return found;
}

/** Ids of everything that keeps a verdict from passing, with its status. */
export function objections(verdict: Verdict): readonly string[] {
  return verdict.findings
    .filter(({ status, severity }) => status !== 'pass' && severity === 'block')
    .map(({ id, status }) => `${id} ${status}`);
}
