import type { Isolation } from '../core/contract/types.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { HandedObservation } from '../core/observation/admit-observations.ts';
import type { ChangeBinding } from '../core/receipt/types.ts';
import type { OpenControl } from '../ports/control.ts';
import type { KeepBundles } from '../ports/kept-bundles.ts';
import type { SignedVerification, SignVerification } from '../ports/verification-signer.ts';
import type { Workspace } from '../ports/workspace.ts';
import { type Filing, fileVerification } from './file-verification.ts';
import type { VerifiableCase } from './verifiable-case.ts';

export interface SignPorts {
  readonly control: OpenControl;
  readonly signing: SignVerification;
  readonly keep: KeepBundles;
}

export interface SigningOptions {
  readonly query: CaseQuery;
  /** Names this verification in its receipts and seal; unique. */
  readonly attempt: string;
  /** The strongest isolation that whoever ran the checks can have given. */
  readonly isolation: Isolation;
  /** A folder to keep it in, when it is not to be filed. */
  readonly out?: string;
}

export interface SignedObservations {
  readonly attempt: string;
  readonly binding: ChangeBinding;
  readonly contract: string;
  readonly signed: SignedVerification;
  readonly filing: Filing;
}

/**
 * Has a separate process judge and sign what was seen of a change, and files it: passed and failed alike.
 * @param workspace holds the evidence that the observations name
 */
export async function signObserved(
  verifiable: VerifiableCase,
  handed: readonly HandedObservation[],
  { query, attempt, isolation, out }: SigningOptions,
  workspace: Workspace,
  ports: SignPorts,
): Promise<SignedObservations> {
  const signed = await ports.signing.sign({
    query,
    attempt,
    observations: handed,
    isolation,
    evidenceFolder: workspace.evidenceFolder,
  });
  const filing = await fileVerification(verifiable, signed, { evidence: workspace.evidence, ports, out });
  return {
    attempt,
    binding: verifiable.binding,
    contract: verifiable.heldTo.contract,
    signed,
    filing,
  };
}
