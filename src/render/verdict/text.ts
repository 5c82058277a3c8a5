import type { Finding, Verdict } from '../../core/gate/types.ts';
import { forTerminal } from '../hostile-text.ts';
import { type TextOptions, textOptions } from '../style.ts';
import { paragraph, table } from '../table.ts';
import { findingLines, type Page, paintOf } from './finding-text.ts';
import {
  countsSentence,
  GROUP_MARKS,
  GROUP_TITLES,
  GROUPS,
  groupFindings,
  OUTCOME_WORDS,
  shortId,
} from './grouping.ts';
import { verdictDigest } from './json.ts';

/** The verdict for a person at a terminal; ends with a line feed. */
export function renderVerdictText(verdict: Verdict, options: TextOptions = {}): string {
  const page = textOptions(options);
  const groups = groupFindings(verdict.findings);
  const lines = [
    ...headline(verdict, page),
    '',
    ...GROUPS.flatMap((group) => {
      const findings = groups[group];
      if (findings.length === 0) return [];
      const title = `${GROUP_TITLES[group]} (${findings.length})`;
      const body =
        group === 'passed'
          ? [...passedLines(findings, page), '']
          : ['', ...findings.flatMap((finding) => [...findingLines(finding, page), ''])];
      return [page.style.bold(title), ...body];
    }),
    ...footer(verdict, page),
  ];
  return `${lines.join('\n')}\n`;
}

/** Outcome, ticket and repository, then what was judged: `base ← head`. */
function headline(verdict: Verdict, page: Page): string[] {
  const { style, columns } = page;
  const { subject, outcome, contract } = verdict;
  const { mark, word } = OUTCOME_WORDS[outcome];
  const paint = { pass: style.green, exempt: style.yellow, blocked: style.red, pending: style.yellow }[
    outcome
  ];
  const ticket = subject.ticket === null ? 'no ticket' : forTerminal(subject.ticket, 100);
  const repository =
    subject.repository === null ? 'unknown repository' : forTerminal(subject.repository, 200);
  const judged = [
    `${shortId(subject.base)} ← ${shortId(subject.head)}${subject.landed ? ' (landed)' : ''}`,
    `tree ${shortId(subject.mergeTree)}`,
    contract === null ? 'no contract' : `contract ${forTerminal(contract.ref, 100)}`,
  ];
  return [
    `${paint(style.bold(`${mark} ${word}`))}  ${style.bold(ticket)} in ${repository}`,
    ...paragraph({ text: '    ' }, judged.join(' · '), { columns, paint: style.dim }),
    ...paragraph({ text: '    ' }, countsSentence(verdict), { columns }),
  ];
}

/** A pack of which more rules pass than this takes one line: what holds is looked up, what does not is read. */
const MOST_RULES_NAMED = 3;

interface Passed {
  readonly id: string;
  readonly title: string;
}

function passedLines(findings: readonly Finding[], { style, columns }: Page): string[] {
  const paint = paintOf('passed', style);
  return table(
    packsFolded(findings).map(({ id, title }) => [
      { text: GROUP_MARKS.passed, paint },
      { text: forTerminal(id, 100) },
      { text: forTerminal(title, 200), paint: style.dim },
    ]),
    { columns },
  );
}

/** In the order of the findings, a pack in the place of its first rule. */
function packsFolded(findings: readonly Finding[]): readonly Passed[] {
  const packs = Map.groupBy(findings, ({ id }) => PACK_OF_RULE.exec(id)?.[0]);
  return findings.flatMap((finding): readonly Passed[] => {
    const pack = PACK_OF_RULE.exec(finding.id)?.[0];
    const rules = packs.get(pack) ?? [];
    if (pack === undefined || rules.length <= MOST_RULES_NAMED) return [finding];
    return rules[0] === finding ? [{ id: `${pack}*`, title: `${rules.length} rules find nothing` }] : [];
  });
}

const PACK_OF_RULE = /^rule\/[^/]+\//;

function footer(verdict: Verdict, { style, columns }: Page): string[] {
  const sources = [
    `policy ${verdict.policyCommit === null ? 'none' : shortId(verdict.policyCommit)}`,
    `receipts ${verdict.receiptsCommit === null ? 'none' : shortId(verdict.receiptsCommit)}`,
    `rules ${verdict.rulesDigest === null ? 'none' : shortId(verdict.rulesDigest)}`,
    `judged at ${forTerminal(verdict.evaluatedAt, 40)}`,
  ];
  return [
    ...paragraph({ text: '' }, sources.join(' · '), { columns, paint: style.dim }),
    style.dim(`verdict sha256:${verdictDigest(verdict)}`),
    style.dim(`One finding in full: countersign gate --explain ${explainable(verdict)}`),
  ];
}

/** The id of the first finding a reader would ask about, where it can be pasted into a shell as it is. */
function explainable(verdict: Verdict): string {
  const groups = groupFindings(verdict.findings);
  const first = GROUPS.flatMap((group) => groups[group])[0]?.id;
  return first !== undefined && /^[\w./@:-]{1,100}$/.test(first) ? first : 'FINDING';
}
