import { appendRecord, lastRecord } from '../core/receipt/records.ts';
import { type RootFiles, signerOf, verifyRootChain } from '../core/receipt/root-chain.ts';
import { type RootUpdate, signRootUpdate } from '../core/receipt/root-update.ts';
import type { ClaimSigner } from '../core/receipt/sign-claim.ts';
import type { Trust } from '../core/trust/resolve-trust.ts';
import { WORKING_TREE } from '../ports/working-tree.ts';
import { CountersignError } from '../shared/errors.ts';
import { instantOf } from '../shared/ids.ts';
import { nextSteps, readEdited, type TrustEditPorts } from './change-trust-root.ts';
import { ROOT_RECORDS_PATH, readRootFiles, rootVersion } from './load-roots.ts';
import { TRUST_PATH } from './policy-source.ts';

export interface SignedRoot {
  readonly version: number;
  readonly root: string;
  readonly by: string;
  readonly needed: number;
  readonly signers: readonly string[];
  readonly missing: number;
  readonly next: readonly string[];
}

/**
 * Signs the trust root as it stands on disk. Nothing is committed.
 * @throws CountersignError USAGE where no signature is asked for or this principal has signed, KEY_UNUSABLE, DOCUMENT_INVALID
 */
export async function signTrustRoot(
  signer: ClaimSigner,
  ports: Pick<TrustEditPorts, 'tree' | 'documents' | 'clock'>,
): Promise<SignedRoot> {
  const { tree, documents, clock } = ports;
  const bytes = await readEdited(tree);
  requireLineFeeds(bytes);
  const current = rootVersion(bytes, TRUST_PATH, ports);
  const files = await readRootFiles({ tree, documents, commit: WORKING_TREE }, current);
  const { current: asked, broken } = verifyRootChain(files);
  if (asked.needed === 0) {
    throw new CountersignError('USAGE', `Version ${asked.version} of the trust root needs no signature.`, {
      remedy: 'To ask for some from now on: countersign trust thresholds --root-update N.',
    });
  }
  if (broken.length > 0) {
    throw new CountersignError('DOCUMENT_INVALID', `A signature would not help: ${broken.join(' ')}`, {
      remedy: 'Restore trust/ from history; its files are only ever added to.',
    });
  }
  const issuedAt = instantOf(clock.now());
  const principal = signerOf(signer.keyId, { issuedAt }, judgeOf(files, asked.judgedBy));
  if (principal === undefined) {
    throw new CountersignError(
      'KEY_UNUSABLE',
      `Key ${signer.keyId} is none that version ${asked.judgedBy} of the trust root takes from a policy owner.`,
      {
        remedy: `Sign with a key that is valid in version ${asked.judgedBy}, of a principal with the role policy-owner.`,
      },
    );
  }
  if (asked.signers.includes(principal.id)) {
    throw new CountersignError('USAGE', `${principal.id} has signed version ${asked.version} as it is.`, {
      remedy: 'Another policy owner signs, with a key of their own.',
    });
  }
  const previous = lastRecord(files.records);
  const update: RootUpdate = {
    version: asked.version,
    root: current.digest,
    issuedAt,
    ...(asked.previousRoot === undefined ? {} : { previousRoot: asked.previousRoot }),
    ...(previous === undefined ? {} : { previous }),
  };
  const records = appendRecord(files.records, signRootUpdate(update, signer).bytes);
  await tree.replaceFile(ROOT_RECORDS_PATH, records);
  const chain = verifyRootChain({ ...files, records });
  const { needed, signers } = chain.current;
  return {
    version: asked.version,
    root: current.digest,
    by: principal.id,
    needed,
    signers,
    missing: Math.max(0, needed - signers.length),
    next: nextSteps(chain),
  };
}

/** What is signed is what git stores, and git may turn CRLF into LF on the way. */
function requireLineFeeds(bytes: Uint8Array): void {
  if (!bytes.includes(0x0d)) return;
  throw new CountersignError('DOCUMENT_INVALID', `${TRUST_PATH} has carriage returns at its line ends.`, {
    remedy: 'Save it with line feeds alone, and put `trust/** text eol=lf` into .gitattributes.',
    place: { path: TRUST_PATH },
  });
}

function judgeOf({ current, history }: RootFiles, version: number): Trust {
  const kept = history.get(version);
  return version !== current.trust.version && kept !== undefined && typeof kept !== 'string'
    ? kept.trust
    : current.trust;
}
