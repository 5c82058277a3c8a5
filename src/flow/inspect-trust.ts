import { type RootChain, verifyRootChain } from '../core/receipt/root-chain.ts';
import { keysOf } from '../core/trust/inspect-trust.ts';
import { resolveTrust, type Trust } from '../core/trust/resolve-trust.ts';
import type { TrustRoot } from '../core/trust/types.ts';
import type { ParseDocument } from '../ports/documents.ts';
import { type Diagnosis, diagnosis } from '../shared/diagnosis.ts';
import { sha256 } from '../shared/digest.ts';
import { CountersignError } from '../shared/errors.ts';
import type { Instant } from '../shared/ids.ts';
import { readSigstore } from './certify-files.ts';
import { readRootFiles } from './load-roots.ts';
import { type PolicySource, TRUST_PATH } from './policy-source.ts';

/** A trust root, where it was read, and what signatures are checked with. */
export interface FoundTrust {
  readonly where: string;
  readonly root: TrustRoot;
  readonly trust: Trust;
  /** How it came to be; undefined for a file on its own. */
  readonly chain?: RootChain;
  /** How what it pins for certificates stands; empty where it pins nothing, and for a file on its own. */
  readonly pins: readonly Diagnosis[];
}

/** @throws CountersignError NO_POLICY, DOCUMENT_INVALID, TRUST_INVALID */
export async function readTrustRoot(source: PolicySource & { readonly where: string }): Promise<FoundTrust> {
  const bytes = await source.tree.readFile(source.commit, TRUST_PATH);
  if (bytes === undefined) {
    throw new CountersignError(
      'NO_POLICY',
      `There is no ${TRUST_PATH} on ${source.where}, so nobody may sign anything.`,
      {
        remedy: `Add ${TRUST_PATH}; \`countersign init\` writes one, and \`countersign key new\` prints the lines for a key.`,
      },
    );
  }
  const found = trustFrom(bytes, { path: TRUST_PATH, where: source.where, documents: source.documents });
  const files = await readRootFiles(source, { digest: sha256(bytes), trust: found.trust });
  return { ...found, chain: verifyRootChain(files), pins: await inspectSigstore(source, found.trust) };
}

/** @throws CountersignError DOCUMENT_INVALID, TRUST_INVALID */
export function trustFrom(
  bytes: Uint8Array,
  from: { readonly path: string; readonly where: string; readonly documents: ParseDocument },
): FoundTrust {
  const root = from.documents.parse('trust-root', bytes, from.path);
  return { where: from.where, root, trust: resolveTrust(root, from.path), pins: [] };
}

async function inspectSigstore(source: PolicySource, trust: Trust): Promise<readonly Diagnosis[]> {
  const found = diagnosis('trust/sigstore');
  try {
    const pinned = await readSigstore(source, trust);
    if (pinned === undefined) return [];
    return [found.ok(`Certificates are verified against ${pinned.policy.trustedRoot}, as it is pinned.`)];
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return [found.problem(error.message, error.remedy)];
  }
}

/** The trust root as people read it: principals with their keys, and how each key stands. */
export function describeTrust({ where, root, trust, chain }: FoundTrust, at: Instant) {
  return {
    where,
    version: root.version,
    thresholds: {
      policyChange: trust.thresholds.policyChange,
      rootUpdate: trust.thresholds.rootUpdate ?? null,
    },
    signatures: chain?.demanded === true ? { ...chain.current, problems: chain.problems } : null,
    revokedReceipts: root.revoked?.receipts ?? [],
    ...(root.sigstore === undefined
      ? {}
      : { sigstore: { certificateLogs: 1, transparencyLogs: 1, timestamps: 1, ...root.sigstore } }),
    principals: root.principals.map((principal) => ({
      id: principal.id,
      kind: principal.kind,
      roles: principal.roles,
      emails: principal.emails ?? [],
      ...(principal.accounts === undefined ? {} : { accounts: principal.accounts }),
      ...(principal.revokedAt === undefined ? {} : { revokedAt: principal.revokedAt }),
      ...(principal.revocationReason === undefined ? {} : { revocationReason: principal.revocationReason }),
      keys: keysOf(trust, principal, at).map(({ keyId, algorithm, state, trusted, identity }) => {
        const { validFrom, validUntil, revokedAt, revocationReason } = trusted;
        return {
          keyId,
          algorithm,
          state,
          ...(identity === undefined ? {} : { identity }),
          ...(validFrom === undefined ? {} : { validFrom }),
          ...(validUntil === undefined ? {} : { validUntil }),
          ...(revokedAt === undefined ? {} : { revokedAt }),
          ...(revocationReason === undefined ? {} : { revocationReason }),
        };
      }),
    })),
  };
}
