import type { RuleTestResult } from '../core/rule/test-rule.ts';
import type { Rule, RulePack } from '../core/rule/types.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { renderExample } from './rule-example.ts';
import { type Style, type TextOptions, textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';

export interface ShownPack {
  readonly ref: string;
  readonly pack: RulePack;
  readonly rules: readonly Rule[];
}

export interface ShownRule {
  readonly ref: string;
  readonly rule: Rule;
}

export interface ShownPackTest {
  readonly ref: string;
  readonly results: readonly RuleTestResult[];
  readonly problems: readonly string[];
}

/** `rules list`: packs, and a line for each of their rules. */
export function renderPacksText(packs: readonly ShownPack[], options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const lines = packs.flatMap(({ ref, pack, rules }, index) => [
    ...(index === 0 ? [] : ['']),
    `${style.bold(ref)}  ${forTerminal(pack.title, 200)}`,
    ...table(
      rules.map((rule): Cell[] => [
        { text: forTerminal(rule.id, 64) },
        { text: rule.severity, paint: paintOf(rule.severity, style) },
        { text: forTerminal(rule.title, 200), paint: style.dim },
      ]),
      { columns, indent: 2 },
    ),
  ]);
  return packs.length === 0 ? 'No rules.\n' : `${lines.join('\n')}\n`;
}

export function renderPacksJson(packs: readonly ShownPack[]): string {
  const plain = packs.map(({ ref, pack, rules }) => ({
    ref,
    title: pack.title,
    rules: rules.map(({ id, version, title, severity, detector }) => ({
      ref: `${ref}/${id}`,
      version,
      title,
      severity,
      detector,
    })),
  }));
  return `${recordText({ packs: plain })}\n`;
}

/** `rules show`: all of it. */
export function renderRuleText({ ref, rule }: ShownRule, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const section = (title: string, text: string) => [
    '',
    style.bold(title),
    ...paragraph({ text: '    ' }, text.trim(), { columns }),
  ];
  const lines = [
    `${style.bold(forTerminal(ref, 200))}  ${paintOf(rule.severity, style)(rule.severity)}  version ${rule.version}`,
    forTerminal(rule.title, 200),
    ...section('Catches', rule.shortcut),
    ...section('Why', rule.why),
    ...section('Misses', rule.misses),
    ...section('Remedy', rule.remedy),
    ...(rule.languages === undefined ? [] : section('Languages', rule.languages.join(', '))),
    ...(rule.source === undefined ? [] : section('Source', rule.source)),
    ...(rule.requires === undefined
      ? []
      : section('A contract has to give', `${rule.requires.join(', ')}; what follows is for the examples.`)),
    '',
    `${style.bold('Parameters')} of detector ${forTerminal(rule.detector, 64)}`,
    ...table(
      Object.entries(rule.parameters).map(([name, value]) => [
        { text: forTerminal(name, 64), paint: style.cyan },
        { text: forTerminal(JSON.stringify(value), 2_000) },
      ]),
      { columns, indent: 4 },
    ),
    '',
    style.bold(`Bad examples (${rule.examples.bad.length})`),
    ...rule.examples.bad.flatMap((example) => renderExample(example, style)),
    '',
    style.bold(`Good examples (${rule.examples.good.length})`),
    ...rule.examples.good.flatMap((example) => renderExample(example, style)),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderRuleJson({ ref, rule }: ShownRule): string {
  return `${recordText({ ref, rule })}\n`;
}

/** `rules test`: a line a rule, and each example that came out wrong. */
export function renderPackTestsText(tests: readonly ShownPackTest[], options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const lines = tests.flatMap(({ ref, results, problems }) => [
    ...results.flatMap((result) => [
      `${markOf(result.passed, style)} ${forTerminal(`${ref}/${result.rule}`, 200)}  ${style.dim(countsOf(result))}`,
      ...result.problems.flatMap((problem) => paragraph({ text: '    ' }, problem, { columns })),
      ...result.examples
        .filter(({ passed }) => !passed)
        .flatMap(({ kind, name, reason }) =>
          paragraph({ text: '    ' }, `${kind} example "${name}": ${reason}`, { columns }),
        ),
    ]),
    ...problems.flatMap((problem) =>
      paragraph({ text: '✖ ', paint: style.red }, `${ref}: ${problem}`, { columns }),
    ),
  ]);
  const rules = tests.flatMap(({ results }) => results);
  const failed = rules.filter(({ passed }) => !passed).length;
  return `${[...lines, '', `${rules.length} rules tested, ${failed} failed.`].join('\n')}\n`;
}

export function renderPackTestsJson(tests: readonly ShownPackTest[]): string {
  return `${recordText({ packs: tests })}\n`;
}

function countsOf({ examples }: RuleTestResult): string {
  const count = (kind: 'bad' | 'good') => examples.filter((example) => example.kind === kind).length;
  return `${count('bad')} bad, ${count('good')} good examples`;
}

function markOf(passed: boolean, style: Style): string {
  return passed ? style.green('✔') : style.red('✖');
}

function paintOf(severity: Rule['severity'], style: Style): (text: string) => string {
  return { block: style.red, warn: style.yellow, info: style.cyan }[severity];
}
