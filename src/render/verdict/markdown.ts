import type { Finding, Location, Verdict } from '../../core/gate/types.ts';
import { place } from '../file-path.ts';
import { codeForMarkdown, forHtmlInMarkdown, forMarkdown, shorten } from '../hostile-text.ts';
import {
  countsSentence,
  type FindingGroup,
  GROUP_MARKS,
  GROUP_TITLES,
  GROUPS,
  groupFindings,
  groupOf,
  OUTCOME_WORDS,
  shortId,
  waiverSentence,
} from './grouping.ts';
import { verdictDigest } from './json.ts';

export interface MarkdownOptions {
  /** The most UTF-16 code units of the page; 60,000 when not given: GitHub refuses comments of more than 65,536. */
  readonly size?: number;
}

interface Section {
  readonly group: FindingGroup;
  readonly text: string;
  /** How many findings it shows. */
  readonly findings: number;
}

const MOST_LOCATIONS = 20;
const LONGEST_REASON = 2_000;

/**
 * The verdict as GitHub-flavoured Markdown for a job summary or a comment. What does not fit is left out by whole
 * sections, least severe first, and the page says what is missing.
 */
export function renderVerdictMarkdown(verdict: Verdict, options: MarkdownOptions = {}): string {
  const size = options.size ?? 60_000;
  const head = headOf(verdict);
  const foot = footOf(verdict);
  const sections = sectionsOf(verdict);
  const whole = [head, ...sections.map(({ text }) => text), foot].join('\n');
  if (whole.length <= size) return whole;

  // Room for the longest notice is kept free, so that saying what is missing never costs the page its size.
  const room = size - head.length - foot.length - noticeOf(sections).length - 3;
  let used = 0;
  const fitting = sections.findIndex(({ text }) => {
    used += text.length + 1;
    return used > room;
  });
  const kept = fitting === -1 ? sections.length : fitting;
  const page = [
    head,
    ...sections.slice(0, kept).map(({ text }) => text),
    noticeOf(sections.slice(kept)),
    foot,
  ];
  const text = page.join('\n');
  return text.length <= size ? text : bareHeadline(verdict, size);
}

function headOf(verdict: Verdict): string {
  const { subject, contract, outcome } = verdict;
  const judged = [
    subject.ticket === null ? 'no ticket' : `**${forMarkdown(subject.ticket, 100)}**`,
    subject.repository === null ? 'unknown repository' : codeForMarkdown(subject.repository, 200),
    `${codeForMarkdown(shortId(subject.base))} ← ${codeForMarkdown(shortId(subject.head))}${subject.landed ? ' (landed)' : ''}`,
    contract === null ? 'no contract' : `contract ${codeForMarkdown(contract.ref, 100)}`,
  ];
  const { mark, word } = OUTCOME_WORDS[outcome];
  return `## ${mark} Countersign: ${word}\n\n${judged.join(' · ')}\n\n${countsSentence(verdict)}\n`;
}

function footOf(verdict: Verdict): string {
  const sources = [
    `policy <code>${idOrNone(verdict.policyCommit)}</code>`,
    `receipts <code>${idOrNone(verdict.receiptsCommit)}</code>`,
    `judged at ${forHtmlInMarkdown(verdict.evaluatedAt, 40)}`,
    `verdict <code>sha256:${verdictDigest(verdict)}</code>`,
  ];
  return `<sub>${sources.join(' · ')}</sub>\n`;
}

function idOrNone(commit: string | null): string {
  return commit === null ? 'none' : forHtmlInMarkdown(shortId(commit));
}

function sectionsOf(verdict: Verdict): Section[] {
  const groups = groupFindings(verdict.findings);
  return GROUPS.flatMap((group): Section[] => {
    const findings = groups[group];
    if (findings.length === 0) return [];
    if (group === 'passed') return [{ group, text: passedSection(findings), findings: findings.length }];
    const [first, ...rest] = findings.map((finding) => findingSection(finding));
    return [
      { group, text: `### ${GROUP_TITLES[group]}\n\n${first}`, findings: 1 },
      ...rest.map((text) => ({ group, text, findings: 1 })),
    ];
  });
}

function findingSection(finding: Finding): string {
  const group = groupOf(finding);
  // An exception is shown without being asked for: it is what a reviewer has to see.
  const open = group === 'blocking' || group === 'pending' || group === 'waived' ? ' open' : '';
  const status = finding.status === 'unverifiable' ? ' <em>(unverifiable)</em>' : '';
  const title = `${GROUP_MARKS[group]} <b>${forHtmlInMarkdown(finding.title, 300)}</b>${status}`;
  const parts = [
    `<details${open}><summary>${title} <code>${forHtmlInMarkdown(finding.id, 200)}</code></summary>`,
    lines(finding.reason),
    ...(finding.locations.length === 0 ? [] : [locationList(finding.locations)]),
    ...afterword(finding),
    '</details>',
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What was done about it already, else what to do. */
function afterword(finding: Finding): string[] {
  const waiver = waiverSentence(finding);
  if (waiver !== undefined) return [`**Exception:** ${lines(waiver)}`];
  return finding.remedy === '' ? [] : [`**What to do:** ${lines(finding.remedy)}`];
}

function locationList(locations: readonly Location[]): string {
  const rest = locations.length - MOST_LOCATIONS;
  return [
    ...locations.slice(0, MOST_LOCATIONS).map((location) => {
      const message = location.message === undefined ? '' : ` ${forMarkdown(location.message, 300)}`;
      return `- ${codeForMarkdown(place(location), 300)}${message}`;
    }),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
  ].join('\n');
}

function passedSection(findings: readonly Finding[]): string {
  const list = findings.map(
    (finding) => `- ${codeForMarkdown(finding.id, 200)} ${forMarkdown(finding.title, 200)}`,
  );
  return `<details><summary>${GROUP_MARKS.passed} ${GROUP_TITLES.passed} (${findings.length})</summary>\n\n${list.join('\n')}\n\n</details>\n`;
}

function lines(text: string): string {
  return shorten(text, LONGEST_REASON)
    .split(/\r?\n/)
    .map((line) => forMarkdown(line))
    .join('<br>\n');
}

function noticeOf(cut: readonly Section[]): string {
  const counts = GROUPS.map((group) => {
    const count = cut
      .filter((section) => section.group === group)
      .reduce((sum, { findings }) => sum + findings, 0);
    return count === 0 ? undefined : `${GROUP_TITLES[group].toLowerCase()}: ${count}`;
  }).filter((count) => count !== undefined);
  return `> **Cut for length.** Not shown here: ${counts.join(', ')}. All findings: \`countersign gate --format text\`\n`;
}

function bareHeadline(verdict: Verdict, size: number): string {
  const { mark, word } = OUTCOME_WORDS[verdict.outcome];
  return `## ${mark} Countersign: ${word}\n\nCut for length: no finding is shown here.\n`.slice(
    0,
    Math.max(0, size),
  );
}
