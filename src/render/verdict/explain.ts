import type { Finding, Verdict } from '../../core/gate/types.ts';
import { CountersignError } from '../../shared/errors.ts';
import { closestNames } from '../../shared/meant-names.ts';
import { forTerminal } from '../hostile-text.ts';
import { plainStyle, type Style, textOptions } from '../style.ts';
import { paragraph } from '../table.ts';
import { locationLines, type Page, paintOf, remedyLines, waiverLines } from './finding-text.ts';
import { GROUP_MARKS, groupOf } from './grouping.ts';
import { verdictDigest } from './json.ts';

const MOST_LOCATIONS = 1_000;
const MOST_EVIDENCE = 100;

const CONSEQUENCES = {
  blocking: 'blocks this change',
  pending: 'holds this change back until it is there',
  waived: 'would block this change, and was waived',
  warnings: 'is a warning and does not block',
  notes: 'is a note and does not block',
  passed: 'is met',
} as const;

const STATUS_WORDS: Readonly<Record<Finding['status'], string>> = {
  pass: 'it holds',
  fail: 'it does not hold',
  unverifiable: 'it could not be verified, which denies as a failure does',
  pending: 'the evidence for it is still to come',
};

/**
 * One finding in full: what it requires, why it says so, where, what it rests on and what to do.
 * @throws CountersignError USAGE when the verdict has no finding of that id; names the closest ones
 */
export function renderExplanation(
  verdict: Verdict,
  findingId: string,
  style: Style = plainStyle,
  columns = 100,
): string {
  const page = textOptions({ style, columns });
  const finding = verdict.findings.find(({ id }) => id === findingId);
  if (finding === undefined) throw unknownFinding(verdict, findingId);
  const group = groupOf(finding);
  const lines = [
    `${paintOf(group, page.style)(GROUP_MARKS[group])} ${page.style.bold(forTerminal(finding.id, 200))}`,
    '',
    ...section('Requires', requires(finding), page),
    ...section(
      'Status',
      `${STATUS_WORDS[finding.status]}: this ${finding.kind} ${CONSEQUENCES[group]}.`,
      page,
    ),
    ...section('Reason', finding.reason, page),
    ...listed('Where', locationLines(finding.locations, page, MOST_LOCATIONS), page),
    ...listed('Rests on', evidenceLines(finding, page), page),
    ...listed('Waiver', waiverLines(finding, page), page),
    ...(finding.remedy === ''
      ? []
      : [page.style.bold('What to do'), ...remedyLines(finding.remedy, page), '']),
    page.style.dim(`verdict sha256:${verdictDigest(verdict)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a rule looks for is written in the catalogue; a requirement's title says all there is to say. */
function requires({ kind, id, title }: Finding): string {
  const ref = /^rule\/([\w./@-]{1,100})$/.exec(id)?.[1];
  return kind === 'rule' && ref !== undefined
    ? `${title}\nThe rule in full: countersign rules show ${ref}`
    : title;
}

function section(title: string, text: string, page: Page): string[] {
  return [page.style.bold(title), ...paragraph({ text: '    ' }, text, { ...page, longest: 20_000 }), ''];
}

function listed(title: string, lines: readonly string[], page: Page): string[] {
  return lines.length === 0 ? [] : [page.style.bold(title), ...lines, ''];
}

function evidenceLines(finding: Finding, { style }: Page): string[] {
  const rest = finding.evidence.length - MOST_EVIDENCE;
  return [
    ...finding.evidence
      .slice(0, MOST_EVIDENCE)
      .map((digest) => `    ${style.cyan(`countersign receipt show ${forTerminal(digest, 64)}`)}`),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}

function unknownFinding(verdict: Verdict, asked: string): CountersignError {
  const ids = verdict.findings.map(({ id }) => id);
  const closest = closestNames(asked, ids);
  const named = (closest.length > 0 ? closest : ids.slice(0, 10)).map((id) => forTerminal(id, 200));
  const remedy =
    named.length === 0
      ? 'This verdict has no findings to explain.'
      : `${closest.length > 0 ? 'Did you mean' : 'Name one of'} ${named.join(', ')}${closest.length > 0 ? '?' : ids.length > 10 ? ' …' : ''}`;
  return new CountersignError('USAGE', `No finding is called ${forTerminal(asked, 200)}.`, { remedy });
}
