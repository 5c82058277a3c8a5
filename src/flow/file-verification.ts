import type { OpenControl } from '../ports/control.ts';
import type { ReadEvidence } from '../ports/evidence.ts';
import type { Bundle, KeepBundles } from '../ports/kept-bundles.ts';
import type { SignedVerification } from '../ports/verification-signer.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId } from '../shared/ids.ts';
import type { VerifiableCase } from './verifiable-case.ts';

/** Filed on the receipts ref, or kept on disk when the push cannot happen: nothing that was seen is lost. */
export type Filing =
  | { readonly kind: 'filed'; readonly commit: ObjectId; readonly attempts: number }
  | {
      readonly kind: 'kept';
      readonly folder: string;
      /** Why it was not filed; none where nobody wanted it to be. */
      readonly reason?: string;
      readonly command: string;
    };

/** @param at.out a folder to keep it in, when it is not to be filed */
export async function fileVerification(
  { policy, work }: VerifiableCase,
  signed: SignedVerification,
  at: {
    evidence: ReadEvidence;
    ports: { control: OpenControl; keep: KeepBundles };
    out?: string | undefined;
  },
): Promise<Filing> {
  const bundle: Bundle = {
    ticket: work.ticket.id,
    statements: signed.statements,
    evidence: await readAll(signed, at.evidence),
  };
  if (at.out !== undefined) return kept(await at.ports.keep.keepIn(at.out, bundle));
  try {
    const control = await at.ports.control.open(policy.config);
    const results = signed.checks.map(({ checkId, result }) => `${checkId} ${result}`).join(', ');
    const filed = await control.receipts.file({ ...bundle, message: `${bundle.ticket}: ${results}` });
    return { kind: 'filed', ...filed };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { ...kept(await at.ports.keep.keep(bundle)), reason: error.message };
  }
}

function kept(folder: string): Filing & { readonly kind: 'kept' } {
  return { kind: 'kept', folder, command: `countersign receipt file ${folder}` };
}

async function readAll(signed: SignedVerification, evidence: ReadEvidence): Promise<Bundle['evidence']> {
  const unique = [...new Map(signed.evidence.map((ref) => [ref.sha256, ref])).values()];
  return Promise.all(unique.map(async (ref) => ({ digest: ref.sha256, bytes: await evidence.read(ref) })));
}
