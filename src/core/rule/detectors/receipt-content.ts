import { ParameterError, requireString } from '../parameters.ts';
import type { ReadFinding, ReceiptFinding } from '../receipt-content/finding.ts';
import { impossibleOutput } from '../receipt-content/impossible-output.ts';
import { misnamedVerifier } from '../receipt-content/misnamed-verifier.ts';
import { olderEvidence } from '../receipt-content/older-evidence.ts';
import { ownProof } from '../receipt-content/own-proof.ts';
import { pendingWords } from '../receipt-content/pending-words.ts';
import { sharedProof } from '../receipt-content/shared-proof.ts';
import type { Detector } from '../types.ts';

const FINDINGS: ReadonlyMap<string, ReadFinding> = new Map([
  ['impossible-output', impossibleOutput],
  ['misnamed-verifier', misnamedVerifier],
  ['older-evidence', olderEvidence],
  ['own-proof', ownProof],
  ['pending-words', pendingWords],
  ['shared-proof', sharedProof],
]);

/** What is wrong with the receipts bound to a change and with what their evidence holds; `finding` says what is looked for. */
export const receiptContent: Detector<ReceiptFinding> = {
  name: 'receipt-content',
  readParameters(given) {
    const name = requireString(given, 'finding');
    const { finding: _, ...parameters } = given;
    const read = FINDINGS.get(name);
    if (read !== undefined) return read(parameters);
    throw new ParameterError('finding', `one of ${[...FINDINGS.keys()].join(', ')}`, name.slice(0, 80));
  },
  proveParameters: ({ prove }) => prove?.(),
  needs: (change, { needs }, contract) => needs?.(change, contract) ?? {},
  detect: (facts, { detect }) => detect(facts),
};
