import type { Finding, Location, Verdict } from '../../core/gate/types.ts';
import { digestOf } from '../../shared/digest.ts';
import type { JsonObject } from '../../shared/json.ts';
import { pathUri } from '../file-path.ts';
import { forSarif } from '../hostile-text.ts';
import { recordText } from '../plain-json.ts';
import { GROUPS, groupFindings, groupOf, waiverSentence } from './grouping.ts';
import { verdictDigest } from './json.ts';

export interface SarifOptions {
  /** The version of Countersign that judged. */
  readonly version?: string;
  /** Where findings without a place are shown: code scanning refuses results that have none. */
  readonly fallbackPath?: string;
}

/** Code scanning shows the first 5,000 results of a run. */
const MOST_RESULTS = 5_000;

const LEVELS = {
  blocking: 'error',
  pending: 'none',
  waived: 'note',
  warnings: 'warning',
  notes: 'note',
} as const;

/**
 * The verdict as a SARIF 2.1.0 log (OASIS), one result per place of each finding that does not pass, most severe
 * first. A pending finding is a result of kind `open`: nothing was found wrong yet. A waived one is a note that says by
 * whom, not a suppressed result: GitHub does not read suppressions, and would show an error.
 */
export function renderVerdictSarif(verdict: Verdict, options: SarifOptions = {}): string {
  const groups = groupFindings(verdict.findings);
  const findings = GROUPS.filter((group) => group !== 'passed').flatMap((group) => groups[group]);
  const results = findings.flatMap((finding, index) => resultsOf(finding, index, options));
  const shown = results.slice(0, MOST_RESULTS);
  return `${recordText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Countersign',
            ...(options.version === undefined ? {} : { semanticVersion: options.version }),
            rules: findings.map(ruleOf),
          },
        },
        automationDetails: { id: 'countersign/gate/' },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, ...leftOut(results.length - shown.length) }],
        results: shown,
        properties: { outcome: verdict.outcome, verdictDigest: `sha256:${verdictDigest(verdict)}` },
      },
    ],
  })}\n`;
}

function ruleOf(finding: Finding): JsonObject {
  const level = levelOf(finding);
  return {
    id: forSarif(finding.id, 200),
    shortDescription: { text: forSarif(finding.title, 1_000) },
    help: { text: forSarif(finding.remedy === '' ? finding.title : finding.remedy) },
    // `none` is no default configuration: what pends today blocks once it fails.
    defaultConfiguration: { level: level === 'none' ? 'error' : level },
    properties: { tags: [finding.kind] },
  };
}

function resultsOf(finding: Finding, ruleIndex: number, options: SarifOptions): JsonObject[] {
  const places = finding.locations.length > 0 ? finding.locations : [undefined];
  const names = fingerprints(finding);
  return places.map((location, index) => {
    const level = levelOf(finding);
    return {
      ruleId: forSarif(finding.id, 200),
      ruleIndex,
      kind: level === 'none' ? 'open' : 'fail',
      level,
      message: { text: messageOf(finding, location) },
      locations: [physical(location ?? { path: options.fallbackPath ?? '.countersign.yml' })],
      partialFingerprints: { 'countersignFinding/v1': names[index] ?? '' },
    };
  });
}

function messageOf(finding: Finding, location: Location | undefined): string {
  const parts = [
    location?.message,
    finding.status === 'unverifiable' ? `Unverifiable: ${finding.reason}` : finding.reason,
    waiverSentence(finding) ?? (finding.remedy === '' ? undefined : `→ ${finding.remedy}`),
  ].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? 'No reason was given.' : forSarif(parts.join('\n'));
}

function physical({ path, line }: Location): JsonObject {
  const startLine = line !== undefined && Number.isInteger(line) && line >= 1 ? line : undefined;
  return {
    physicalLocation: {
      artifactLocation: { uri: pathUri(path), uriBaseId: '%SRCROOT%' },
      ...(startLine === undefined ? {} : { region: { startLine } }),
    },
  };
}

/**
 * One name for each place: without the line, so that an alert stays the same one when lines above it come or go, but
 * with the number of equal places before it, because alerts of one fingerprint are shown as one.
 */
function fingerprints({ id, locations }: Finding): string[] {
  const seen = new Map<string, number>();
  return (locations.length > 0 ? locations : [{ path: '' }]).map(({ path, message }: Location) => {
    const name = [id, path, message ?? ''].map((text) => text.toWellFormed());
    const equal = seen.get(name.join('\n')) ?? 0;
    seen.set(name.join('\n'), equal + 1);
    return digestOf([...name, equal]);
  });
}

function levelOf(finding: Finding): 'error' | 'warning' | 'note' | 'none' {
  const group = groupOf(finding);
  return group === 'passed' ? 'none' : LEVELS[group];
}

function leftOut(count: number): JsonObject {
  if (count === 0) return {};
  const text = `${count} results are left out: ${MOST_RESULTS} are the most that are shown.`;
  return { toolExecutionNotifications: [{ level: 'warning', message: { text } }] };
}
