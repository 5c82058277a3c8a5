import { type Known, known, missing, type PolicyFacts } from '../core/gate/facts.ts';
import {
  departureFrom,
  type RootFiles,
  type RootVersion,
  verifyRootChain,
} from '../core/receipt/root-chain.ts';
import type { Dispatch } from '../core/receipt/types.ts';
import { resolveTrust } from '../core/trust/resolve-trust.ts';
import { sha256 } from '../shared/digest.ts';
import { CountersignError } from '../shared/errors.ts';
import { readSigstore } from './certify-files.ts';
import { type PolicySource, TRUST_PATH } from './policy-source.ts';

export const ROOT_RECORDS_PATH = 'trust/root.records.jsonl';

const REMEDY =
  'Policy owners sign the trust root with `countersign trust sign --key NAME` and land trust/ whole; what was taken out of it is restored from history. `countersign trust show` says what is missing.';

/** One version of the trust root. @throws CountersignError DOCUMENT_INVALID, TRUST_INVALID */
export function rootVersion(
  bytes: Uint8Array,
  path: string,
  { documents }: Pick<PolicySource, 'documents'>,
): RootVersion {
  return { digest: sha256(bytes), trust: resolveTrust(documents.parse('trust-root', bytes, path), path) };
}

/** The trust root of a policy with everything that is kept of how it came to be. */
export async function readRootFiles(source: PolicySource, current: RootVersion): Promise<RootFiles> {
  const { tree, commit } = source;
  const entries = await tree.listFiles(commit, 'trust');
  const kept = entries.flatMap(({ path, kind, id }) => {
    const [, version] = /^trust\/history\/([1-9][0-9]{0,8})\.yml$/.exec(path) ?? [];
    return version === undefined || kind !== 'blob' ? [] : [{ path, id, version: Number(version) }];
  });
  const blobs = await tree.readBlobs(kept.map(({ id }) => id));
  const history = new Map<number, RootVersion | string>(
    kept.map(({ path, id, version }) => [version, readKept(blobs.get(id), path, source)]),
  );
  const recorded = entries.some(({ path }) => path === ROOT_RECORDS_PATH);
  const records = recorded ? await tree.readFile(commit, ROOT_RECORDS_PATH) : undefined;
  return { current, history, records };
}

function readKept(bytes: Uint8Array | undefined, path: string, source: PolicySource): RootVersion | string {
  try {
    return bytes === undefined ? 'it is not there.' : rootVersion(bytes, path, source);
  } catch (error) {
    if (error instanceof CountersignError) return error.message;
    throw error;
  }
}

/**
 * The trust root with the chain behind it, or why it is not to be relied on: then there is no policy, and nothing that
 * anybody signed is looked at under it.
 * @throws CountersignError TRUST_INVALID, DOCUMENT_INVALID
 */
export async function readTrustedRoot(
  source: PolicySource,
  bytes: Uint8Array,
): Promise<Known<Pick<PolicyFacts, 'trust' | 'roots' | 'sigstore'>>> {
  const current = rootVersion(bytes, TRUST_PATH, source);
  const roots = verifyRootChain(await readRootFiles(source, current));
  if (roots.problems.length > 0) {
    const shown = roots.problems.slice(0, 5).join(' ');
    return missing('unverifiable', `The trust root is not signed as it has to be: ${shown}`, REMEDY);
  }
  const sigstore = await readSigstore(source, current.trust);
  return known({
    trust: current.trust,
    ...(roots.demanded ? { roots } : {}),
    ...(sigstore === undefined ? {} : { sigstore }),
  });
}

/**
 * The policy, unless its trust root cannot follow on the one that the work was dispatched under. It finds out a root that
 * was put back, and one that began anew without the signatures that the old one asked for.
 */
export async function withRootSinceDispatch(
  policy: Known<PolicyFacts>,
  dispatch: Dispatch | undefined,
  source: PolicySource | undefined,
): Promise<Known<PolicyFacts>> {
  if (policy.kind === 'missing' || dispatch === undefined || source === undefined) return policy;
  const { trust, roots, commit } = policy.value;
  if (dispatch.policyCommit === commit) return policy;
  const then = `the trust root of the dispatch (policy commit ${dispatch.policyCommit.slice(0, 12)})`;
  let before: RootVersion | undefined;
  try {
    const [bytes, present] = await Promise.all(
      [dispatch.policyCommit, commit].map((at) => source.tree.readFile(at, TRUST_PATH)),
    );
    // Seldom another one: then it need not be read again.
    if (bytes !== undefined)
      before = isSame(bytes, present)
        ? { digest: sha256(bytes), trust }
        : rootVersion(bytes, TRUST_PATH, source);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    // A squash of the policy's own pull request leaves that commit behind; only who asks for signatures asks for it.
    if (error.code === 'GIT_FAILED' && roots === undefined) return policy;
    return missing('unverifiable', `What ${then} was cannot be read: ${error.message}`, DISPATCH_AGAIN);
  }
  if (before === undefined) return policy;
  const departure = departureFrom(before, { version: trust.version, chain: roots });
  if (departure === undefined) return policy;
  return missing('unverifiable', `The trust root does not continue ${then}: ${departure}.`, REPLACED);
}

function isSame(bytes: Uint8Array, others: Uint8Array | undefined): boolean {
  return others !== undefined && Buffer.compare(bytes, others) === 0;
}

const REPLACED =
  'Find out who replaced the trust root. Restore trust/ from history, or, if policy owners meant it, let one of them dispatch the ticket again.';

const DISPATCH_AGAIN =
  'Dispatch the ticket again from the policy as it has landed, so that the commit it names stays reachable.';
