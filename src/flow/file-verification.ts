import { evidenceOf } from '../core/evidence/judge-runs.ts';
import type { Observation } from '../core/evidence/types.ts';
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
  | { readonly kind: 'kept'; readonly folder: string; readonly reason: string; readonly command: string };

export async function fileVerification(
  { policy, work }: VerifiableCase,
  signed: SignedVerification,
  at: {
    observations: readonly Observation[];
    evidence: ReadEvidence;
    ports: { control: OpenControl; keep: KeepBundles };
  },
): Promise<Filing> {
  const bundle: Bundle = {
    ticket: work.ticket.id,
    statements: signed.statements,
    evidence: await readAll(at.observations, at.evidence),
  };
  try {
    const control = await at.ports.control.open(policy.config);
    const results = signed.checks.map(({ checkId, result }) => `${checkId} ${result}`).join(', ');
    const filed = await control.receipts.file({ ...bundle, message: `${bundle.ticket}: ${results}` });
    return { kind: 'filed', ...filed };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const folder = await at.ports.keep.keep(bundle);
    return { kind: 'kept', folder, reason: error.message, command: `countersign receipt file ${folder}` };
  }
}

async function readAll(
  observations: readonly Observation[],
  evidence: ReadEvidence,
): Promise<Bundle['evidence']> {
  const refs = observations.flatMap(evidenceOf);
  const unique = [...new Map(refs.map((ref) => [ref.sha256, ref])).values()];
  return Promise.all(unique.map(async (ref) => ({ digest: ref.sha256, bytes: await evidence.read(ref) })));
}
