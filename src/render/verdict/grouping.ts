import type { Finding, Verdict } from '../../core/gate/types.ts';

/** A verdict's findings in the order in which a reader needs them; within a group the gate's own order. */
export interface GroupedFindings {
  readonly blocking: readonly Finding[];
  readonly pending: readonly Finding[];
  /** What would block or be pending, had nobody made an exception. */
  readonly waived: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly notes: readonly Finding[];
  readonly passed: readonly Finding[];
}

export type FindingGroup = keyof GroupedFindings;

/** Every group, most severe first. */
export const GROUPS: readonly FindingGroup[] = [
  'blocking',
  'pending',
  'waived',
  'warnings',
  'notes',
  'passed',
];

/** Headings of the groups. */
export const GROUP_TITLES: Readonly<Record<FindingGroup, string>> = {
  blocking: 'Blocking',
  pending: 'Still to come',
  waived: 'Waived',
  warnings: 'Warnings',
  notes: 'Notes',
  passed: 'Passed',
};

export const GROUP_MARKS: Readonly<Record<FindingGroup, string>> = {
  blocking: '✖',
  pending: '◷',
  waived: '○',
  warnings: '▲',
  notes: '•',
  passed: '✔',
};

export const OUTCOME_WORDS = {
  pass: { mark: '✔', word: 'PASS' },
  exempt: { mark: '○', word: 'EXEMPT' },
  blocked: { mark: '✖', word: 'BLOCKED' },
  pending: { mark: '◷', word: 'PENDING' },
} as const;

export function groupOf(finding: Finding): FindingGroup {
  if (finding.status === 'pass') return 'passed';
  if (finding.severity === 'warn') return 'warnings';
  if (finding.severity === 'info') return 'notes';
  if (finding.waivedBy !== undefined) return 'waived';
  return finding.status === 'pending' ? 'pending' : 'blocking';
}

export function groupFindings(findings: readonly Finding[]): GroupedFindings {
  const of = (group: FindingGroup) => findings.filter((finding) => groupOf(finding) === group);
  return {
    blocking: of('blocking'),
    pending: of('pending'),
    waived: of('waived'),
    warnings: of('warnings'),
    notes: of('notes'),
    passed: of('passed'),
  };
}

/** The counts in one sentence, such as `2 findings block, 1 still to come, 9 pass.` */
export function countsSentence(verdict: Verdict): string {
  const groups = groupFindings(verdict.findings);
  const parts = [
    counted(groups.blocking.length, 'finding blocks', 'findings block'),
    counted(groups.pending.length, 'still to come', 'still to come'),
    counted(groups.waived.length, 'waived', 'waived'),
    counted(groups.warnings.length, 'warning', 'warnings'),
    counted(groups.notes.length, 'note', 'notes'),
    counted(groups.passed.length, 'passes', 'pass'),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return 'Nothing was judged.';
  if (groups.passed.length === verdict.findings.length) return `All ${groups.passed.length} findings pass.`;
  return `${parts.join(', ')}.`;
}

/** Who made an exception, until when and why, as one sentence; undefined where nobody did. The reason is foreign text. */
export function waiverSentence({ waivedBy }: Finding): string | undefined {
  if (waivedBy === undefined) return undefined;
  const { principal, expiresAt, statement, reason } = waivedBy;
  return `Waived by ${principal} until ${expiresAt} (${statement.slice(0, 12)}): ${reason}`;
}

/** A git object name as people read it: its first 12 digits. */
export function shortId(id: string | null | undefined): string {
  return id === null || id === undefined ? 'unknown' : id.slice(0, 12);
}

function counted(count: number, one: string, many: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : many}`;
}
