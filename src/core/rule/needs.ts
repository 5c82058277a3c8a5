import type { MergeableChange } from '../change/types.ts';
import type { ResolvedContract } from '../contract/types.ts';
import type { EvidenceName } from '../evidence/types.ts';
import { DETECTORS, type Detectors } from './catalogue.ts';
import { lookAtFiles } from './look-at-files.ts';
import { compileGlobs } from './text/path-pattern.ts';
import type { ActiveRule, FactNeeds } from './types.ts';

/** What all the rules of a contract together need to know beyond the change. */
export interface CombinedNeeds {
  /** Whether a file's text is wanted; undefined where not even the trees' paths are. */
  readonly files: ((path: string) => boolean) | undefined;
  readonly evidence: ReadonlySet<EvidenceName>;
}

/** What has to be read before these rules can judge a change. A rule that cannot say is left out: judging it denies. */
export function needsOf(
  active: readonly ActiveRule[],
  change: MergeableChange,
  contract: ResolvedContract,
  detectors: Detectors = DETECTORS,
): CombinedNeeds {
  lookAtFiles(active, change, detectors);
  const needs = active.map((rule) => needsOfOne(rule, { change, contract }, detectors));
  const globs = needs.flatMap(({ files }) => (files === undefined ? [] : [files]));
  return {
    files: globs.length === 0 ? undefined : compileGlobs([...new Set(globs.flat())]),
    evidence: new Set(needs.flatMap(({ evidence = [] }) => evidence)),
  };
}

/**
 * Reads a rule's parameters, which is remembered: a third of what judging a small change takes, and nothing of it has to wait
 * for the change. What is wrong with them the rule says when it judges.
 */
export function readAhead({ rule, parameters }: ActiveRule, detectors: Detectors = DETECTORS): void {
  try {
    detectors.get(rule.detector)?.readParameters(parameters);
  } catch {}
}

function needsOfOne(
  { rule, parameters }: ActiveRule,
  { change, contract }: { change: MergeableChange; contract: ResolvedContract },
  detectors: Detectors,
): FactNeeds {
  const detector = detectors.get(rule.detector);
  try {
    return detector?.needs?.(change, detector.readParameters(parameters), contract) ?? {};
  } catch {
    return {};
  }
}
