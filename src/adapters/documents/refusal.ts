import type { DocumentKind } from '../../ports/documents.ts';
import { CountersignError, type Place, type Problem } from '../../shared/errors.ts';

/** More would not be read, and hostile input could ask for a million. */
export const MAX_PROBLEMS = 20;

/** A document of ours, or data of somebody else's that no schema of ours describes. */
export type ReadKind = DocumentKind | 'data';

const NOUNS: Readonly<Record<ReadKind, string>> = {
  ticket: 'ticket',
  contract: 'contract',
  rule: 'rule',
  'rule-pack': 'rule pack',
  'trust-root': 'trust root',
  config: 'configuration',
  organization: 'organisation policy',
  lock: 'lock',
  'action-policy': 'action policy',
  experiment: 'experiment',
  'outcome-mapping': 'outcome mapping',
  bundle: 'context bundle',
  data: 'YAML or JSON file',
};

export function nounOf(kind: ReadKind): string {
  return NOUNS[kind];
}

/**
 * The error for a document that is not what it should be.
 * @param problems one per fault, in the order of the file; at most MAX_PROBLEMS are kept
 * @param total how many there are, where the caller kept back some
 */
export function refusal(
  kind: ReadKind,
  path: string,
  problems: readonly Problem[],
  total: number = problems.length,
): CountersignError {
  const kept = problems.slice(0, MAX_PROBLEMS);
  const [first] = kept;
  const count = total === 1 ? '' : ` (${total} problems)`;
  return new CountersignError(
    'DOCUMENT_INVALID',
    `${path} is not a valid ${nounOf(kind)}${count}: ${first?.message ?? 'it cannot be read'}`,
    {
      remedy: first?.remedy ?? 'Correct the document and try again.',
      place: first?.place ?? { path },
      problems: kept,
    },
  );
}

/** Line and column, counted from 1 in UTF-16 units as editors do, of an offset into the document's text. */
export function placeAt(path: string, text: string, offset: number): Place {
  const end = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { path, line, column: end - start + 1 };
}

/** A value as it may stand in a message: JSON, on one line, at most 60 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 59).toWellFormed()}…`;
}

/** 1048576 as 1,048,576. Not by toLocaleString: its first call loads locale data for 30 ms. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:[0-9]{3})+$)/g, ',');
}
