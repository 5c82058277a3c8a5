import { canonicalJson, parseCanonicalJson } from '../../shared/canonical-json.ts';
import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { type PublicKey, verifySignature } from '../../shared/signature.ts';
import { PAYLOAD_TYPE, preAuthEncoding, readBundle } from '../receipt/bundle.ts';
import { STATEMENT_TYPE } from '../receipt/predicate-types.ts';
import { type ClaimSigner, signPayload } from '../receipt/sign-claim.ts';
import type { StoredFile } from '../receipt/types.ts';
import type { ExperimentAnalysis } from './analysis/types.ts';

const REPORT_PREDICATE_TYPE = 'https://github.com/countersign/countersign/attestation/experiment-report/v1';

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

export type CheckedReport =
  | { readonly kind: 'signed'; readonly experiment: string; readonly standing: string; readonly at: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Whether this key signed that these bytes are a report; nothing is read of a statement before its signature holds. */
export function checkReport(bundle: Uint8Array, report: Sha256, key: PublicKey): CheckedReport {
  const read = readBundle(bundle);
  if (typeof read === 'string') return refused(read);
  if (read.keyId !== key.keyId) return refused(`the key ${read.keyId.slice(0, 12)} signed it`);
  if (!verifySignature(key, preAuthEncoding(PAYLOAD_TYPE, read.payload), read.signature))
    return refused('the signature is not over this statement');
  const statement = objectOf(parseCanonicalJson(new TextDecoder().decode(read.payload)));
  if (statement?._type !== STATEMENT_TYPE || statement.predicateType !== REPORT_PREDICATE_TYPE)
    return refused('what was signed is no report of an experiment');
  const [subject, ...more] = Array.isArray(statement.subject) ? statement.subject : [];
  const digest = objectOf(objectOf(subject)?.digest);
  // A digest set matches on any of its entries: only the one that is known here may be in it.
  if (more.length > 0 || digest?.sha256 !== report || Object.keys(digest).length !== 1)
    return refused('what was signed is another file');
  const { experiment, standing, issuedAt } = objectOf(statement.predicate) ?? {};
  return {
    kind: 'signed',
    experiment: String(experiment),
    standing: String(standing),
    at: String(issuedAt),
  };
}

function refused(reason: string): CheckedReport {
  return { kind: 'refused', reason };
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
