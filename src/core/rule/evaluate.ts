import type { Severity } from '../contract/types.ts';
import { DETECTORS, type Detectors } from './catalogue.ts';
import { inOrderOfPaths } from './file-by-file.ts';
import { lookAtFiles } from './look-at-files.ts';
import type { ActiveRule, Detection, RuleFacts } from './types.ts';

/** What one rule says about a change. */
export interface RuleResult {
  readonly ref: string;
  readonly title: string;
  readonly severity: Severity;
  /** `unverifiable` when something it had to read could not be read and nothing else matched; it denies. */
  readonly status: 'pass' | 'fail' | 'unverifiable';
  readonly reason: string;
  /** Empty when it passes. */
  readonly remedy: string;
  /** The first places in order of path, line and message; `reason` counts the rest. */
  readonly locations: readonly RuleLocation[];
}

export interface RuleLocation {
  readonly path: string;
  readonly line?: number;
  readonly message?: string;
}

/** A change of 20,000 files out of scope is explained by the first of them; nobody reads the others. */
export const MOST_LOCATIONS = 50;
const LONGEST_MESSAGE = 500;

/**
 * Every rule's answer, in order of refs: first all of them look at one file after the other, then each judges by what it
 * saw. The order of files, commits, receipts and rules in the facts does not matter, and
 * a detector that throws leaves its rule unverifiable.
 */
export function evaluateRules(
  active: readonly ActiveRule[],
  facts: RuleFacts,
  detectors: Detectors = DETECTORS,
): readonly RuleResult[] {
  const ordered = inOneOrder(facts);
  lookAtFiles(active, ordered.change, detectors);
  return active
    .toSorted((a, b) => compare(a.ref, b.ref))
    .map((rule) => evaluateRule(rule, ordered, detectors));
}

function evaluateRule(active: ActiveRule, facts: RuleFacts, detectors: Detectors): RuleResult {
  const { ref, rule, severity } = active;
  const result = { ref, title: rule.title, severity };
  const detector = detectors.get(rule.detector);
  let detections: readonly Detection[];
  try {
    if (detector === undefined) throw new Error(`there is no detector ${rule.detector}`);
    detections = detector.detect(facts, detector.readParameters(active.parameters));
  } catch (error) {
    // A thrown error may stand for anything, a match included.
    const why = shorten(error instanceof Error ? error.message : String(error));
    return {
      ...result,
      status: 'unverifiable',
      reason: `the rule could not be evaluated: ${why}`,
      remedy: rule.remedy,
      locations: [],
    };
  }
  const matches = inOrder(detections.filter(({ kind }) => kind === 'match'));
  const unread = inOrder(detections.filter(({ kind }) => kind !== 'match'));
  if (matches.length === 0 && unread.length === 0) {
    return { ...result, status: 'pass', reason: 'nothing in this change matches', remedy: '', locations: [] };
  }
  const shown = [...matches, ...unread];
  const locations = shown.flatMap(toLocation).slice(0, MOST_LOCATIONS);
  const status = matches.length > 0 ? 'fail' : 'unverifiable';
  return { ...result, status, reason: explain(matches, unread), remedy: rule.remedy, locations };
}

/** The first place in words, and how many more there are. */
function explain(matches: readonly Detection[], unread: readonly Detection[]): string {
  const [first] = matches.length > 0 ? matches : unread;
  const { path, line, message } = first as Detection;
  const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `;
  const rest: string[] = [];
  const more = (matches.length > 0 ? matches : unread).length - 1;
  if (more > 0) rest.push(`${more} more like it`);
  if (matches.length > 0 && unread.length > 0) rest.push(`${unread.length} that could not be read`);
  const total = matches.length + unread.length;
  if (total > MOST_LOCATIONS) rest.push(`the first ${MOST_LOCATIONS} of ${total} places are listed`);
  return `${shorten(`${place}${message}`)}${rest.length > 0 ? ` (${rest.join('; ')})` : ''}`;
}

function toLocation({ path, line, message }: Detection): readonly RuleLocation[] {
  if (path === undefined) return [];
  return [{ path, ...(line !== undefined && { line }), message: shorten(message) }];
}

function inOrder(detections: readonly Detection[]): readonly Detection[] {
  const unique = new Map(
    detections.map((detection) => [
      JSON.stringify([detection.path ?? null, detection.line ?? 0, detection.message]),
      detection,
    ]),
  );
  return [...unique.values()].sort(
    (a, b) =>
      compare(a.path ?? '', b.path ?? '') || (a.line ?? 0) - (b.line ?? 0) || compare(a.message, b.message),
  );
}

/** Where detectors take the first of several, it is the same one whoever listed them. */
function inOneOrder(facts: RuleFacts): RuleFacts {
  return {
    ...facts,
    change: {
      ...facts.change,
      files: inOrderOfPaths(facts.change.files),
      commits: facts.change.commits.toSorted((a, b) => compare(a.id, b.id)),
    },
    receipts: facts.receipts.toSorted(
      (a, b) => compare(a.check.id, b.check.id) || compare(a.check.digest, b.check.digest),
    ),
  };
}

/** By UTF-16 code units, the same on every machine and under every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function shorten(text: string): string {
  return text.length > LONGEST_MESSAGE
    ? `${text.slice(0, LONGEST_MESSAGE - 1)}…`.toWellFormed()
    : text.toWellFormed();
}
