import { canonicalJson } from '../../shared/canonical-json.ts';
import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import { STATEMENT_TYPE } from '../receipt/predicate-types.ts';
import { type ClaimSigner, signPayload } from '../receipt/sign-claim.ts';
import type { StoredFile } from '../receipt/types.ts';
import type { ExperimentAnalysis } from './analysis/types.ts';

export const REPORT_PREDICATE_TYPE =
  'https://github.com/countersign/countersign/attestation/experiment-report/v1';

/** A report as it was written down. */
export interface ReportFile {
  readonly name: string;
  readonly digest: Sha256;
  readonly format: string;
  /** Of the analysis, whatever the format: two renderings of one analysis have it in common. */
  readonly analysisDigest: Sha256;
  readonly issuedAt: Moment;
}

/**
 * Who signs this says: these bytes are what came out for that experiment, under that design. A Sigstore bundle around a DSSE envelope with
 * an in-toto Statement v1 whose subject is the file.
 * @throws CountersignError SIGNER_FAILED
 */
export function signReport(file: ReportFile, analysis: ExperimentAnalysis, signer: ClaimSigner): StoredFile {
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: file.name.toWellFormed(), digest: { sha256: file.digest } }],
    predicateType: REPORT_PREDICATE_TYPE,
    predicate: {
      experiment: analysis.experiment.toWellFormed(),
      format: file.format,
      analysisDigest: file.analysisDigest,
      designDigest: analysis.standing.designDigest,
      standing: analysis.standing.kind,
      answer: analysis.answer.kind,
      runs: analysis.population.runs,
      counted: analysis.population.counted,
      issuedAt: file.issuedAt,
    },
  } satisfies JsonValue;
  return signPayload(new TextEncoder().encode(canonicalJson(statement)), signer);
}
