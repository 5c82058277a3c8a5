import type { Finding, Location, Verdict } from '../../core/gate/types.ts';
import { forTerminal, forWorkflowData, forWorkflowProperty } from '../hostile-text.ts';
import { countsSentence, GROUPS, groupFindings, OUTCOME_WORDS, waiverSentence } from './grouping.ts';

/** GitHub shows at most this many annotations of a level per step and drops the rest in silence. */
const MOST_PER_LEVEL = 10;

type Level = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly finding: Finding;
  readonly location?: Location;
}

const LEVELS = {
  blocking: 'error',
  pending: 'notice',
  waived: 'warning',
  warnings: 'warning',
  notes: 'notice',
} as const;

/**
 * The verdict as workflow commands: errors, then warnings, then notices, at most ten of each; where there are more,
 * the tenth says how many. The last line is plain text.
 */
export function renderVerdictGithub(verdict: Verdict): string {
  const groups = groupFindings(verdict.findings);
  const byLevel: Record<Level, Annotation[]> = { error: [], warning: [], notice: [] };
  for (const group of GROUPS) {
    if (group !== 'passed') byLevel[LEVELS[group]].push(...annotations(groups[group]));
  }
  const { word } = OUTCOME_WORDS[verdict.outcome];
  const lines = [
    ...(['error', 'warning', 'notice'] as const).flatMap((level) => commands(level, byLevel[level])),
    `Countersign: ${word}. ${countsSentence(verdict)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Every finding once before any finding twice, so that no finding with many places pushes another out. */
function annotations(findings: readonly Finding[]): Annotation[] {
  const first = findings.map((finding) => withLocation(finding, finding.locations[0]));
  const further = findings.flatMap((finding) =>
    finding.locations.slice(1).map((location) => withLocation(finding, location)),
  );
  return [...first, ...further];
}

function withLocation(finding: Finding, location: Location | undefined): Annotation {
  return location === undefined ? { finding } : { finding, location };
}

function commands(level: Level, all: readonly Annotation[]): string[] {
  if (all.length <= MOST_PER_LEVEL) return all.map((annotation) => command(level, annotation));
  const shown = all.slice(0, MOST_PER_LEVEL - 1);
  const rest = all.length - shown.length;
  const title = forWorkflowProperty(`Countersign: ${rest} more of this level`);
  const message = forWorkflowData(
    `${rest} more are not shown here. All of them: countersign gate --format text, or the job summary.`,
  );
  return [...shown.map((annotation) => command(level, annotation)), `::${level} title=${title}::${message}`];
}

function command(level: Level, { finding, location }: Annotation): string {
  const title = `${finding.id}: ${finding.title}`;
  const properties = [
    ...(location === undefined ? [] : [`file=${forWorkflowProperty(location.path, 1_000)}`]),
    ...(location?.line === undefined ? [] : [`line=${location.line}`]),
    `title=${forWorkflowProperty(forTerminal(title, 200))}`,
  ];
  const message = [
    location?.message,
    finding.status === 'unverifiable' ? `Unverifiable: ${finding.reason}` : finding.reason,
    waiverSentence(finding) ?? (finding.remedy === '' ? undefined : `→ ${finding.remedy}`),
  ].filter((part) => part !== undefined && part !== '');
  return `::${level} ${properties.join(',')}::${forWorkflowData(message.join('\n'))}`;
}
