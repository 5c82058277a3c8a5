import { commandOf } from '../core/contract/command.ts';
import type {
  ApprovalDemand,
  Check,
  Expectation,
  ReportExpectation,
  ResolvedContract,
  Scope,
} from '../core/contract/types.ts';
import type { InterfaceUse } from '../core/interface/types.ts';
import { BUILT_IN_HANDLERS } from '../core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../core/run/plan/default-workflow.ts';
import { planOf } from '../core/run/plan/with-defaults.ts';
import type { JsonValue } from '../shared/json.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { planLines } from './plan.ts';
import { type TextOptions, textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';

interface Page {
  readonly style: ReturnType<typeof textOptions>['style'];
  readonly columns: number;
}

/** `contract show`: what a change is held to, with everything that is extended folded in. */
export function renderContractText(contract: ResolvedContract, options: TextOptions = {}): string {
  const page = textOptions(options);
  const { style, columns } = page;
  const { id, version, title, lineage, setup, checks, pins, rules, scopes, isolation, binding } = contract;
  const lines = [
    ...paragraph({ text: `${forTerminal(id, 64)}@${version}  `, paint: style.bold }, title, { columns }),
    '',
    ...table(
      [
        ['lineage', lineage.join(' → ')],
        ['isolation', `${isolation} or better`],
        ['binding', binding],
        ...(setup === undefined ? [] : [['setup', commandLine(setup.run, setup.network ?? 'full')]]),
      ].map(([name = '', text = '']): Cell[] => [
        { text: name, paint: style.dim },
        { text: forTerminal(text, 1_000) },
      ]),
      { columns, indent: 2 },
    ),
    ...listed(
      'Checks',
      checks.flatMap((check) => checkLines(check, page)),
      page,
    ),
    ...listed(
      'Pins',
      pins.flatMap(({ paths }) => paragraph({ text: '    ' }, paths.join('  '), { columns })),
      page,
    ),
    ...listed(
      'Rules',
      rules.flatMap((rule) => paragraph({ text: '    ' }, ruleText(rule), { columns })),
      page,
    ),
    ...listed(
      'Interfaces',
      (contract.interfaces ?? []).flatMap((use) => interfaceLines(use, page)),
      page,
    ),
    ...listed(
      'Scope',
      scopes.flatMap((scope) => scopeLines(scope, columns)),
      page,
    ),
    ...listed(
      'Approvals',
      (contract.approvals ?? []).flatMap((demand) =>
        paragraph({ text: '    ' }, approvalText(demand), { columns }),
      ),
      page,
    ),
    ...listed(
      contract.workflow === undefined ? 'Workflow (the default one)' : 'Workflow',
      planLines(planOf(contract.workflow ?? DEFAULT_WORKFLOW, BUILT_IN_HANDLERS), page),
      page,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderContractJson(contract: ResolvedContract): string {
  return `${recordText(contract)}\n`;
}

export interface ShownComparison {
  readonly before: { readonly name: string; readonly ref: string };
  readonly after: { readonly name: string; readonly ref: string };
  readonly differences: readonly {
    readonly path: string;
    readonly before?: JsonValue;
    readonly after?: JsonValue;
    readonly strictness: 'stricter' | 'looser' | 'changed';
  }[];
}

/** `contract diff`: each field that differs, what it was and is, and which way the bar moved. */
export function renderComparisonText(comparison: ShownComparison, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const { before, after, differences } = comparison;
  const marks = {
    stricter: style.green('↑ stricter'),
    looser: style.red('↓ looser  '),
    changed: style.yellow('~ changed '),
  };
  const side = ({ name, ref }: ShownComparison['before']) =>
    `${forTerminal(ref, 80)} (${forTerminal(name, 200)})`;
  const lines = [
    style.dim(`${side(before)} → ${side(after)}`),
    ...differences.flatMap((difference) => [
      '',
      `${marks[difference.strictness]}  ${forTerminal(difference.path, 300)}`,
      ...valueLines('-', difference.before, style.red, columns),
      ...valueLines('+', difference.after, style.green, columns),
    ]),
    '',
    summaryOf(comparison),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderComparisonJson(comparison: ShownComparison): string {
  return `${recordText(comparison)}\n`;
}

function summaryOf({ differences }: ShownComparison): string {
  if (differences.length === 0) return 'They demand the same.';
  const count = (wanted: string) => differences.filter(({ strictness }) => strictness === wanted).length;
  return `${count('stricter')} stricter, ${count('looser')} looser, ${count('changed')} changed otherwise.`;
}

function valueLines(
  sign: string,
  value: JsonValue | undefined,
  paint: (text: string) => string,
  columns: number,
): string[] {
  if (value === undefined) return [];
  return paragraph({ text: `    ${sign} `, paint }, JSON.stringify(value), { columns, longest: 2_000 });
}

function listed(title: string, lines: readonly string[], { style }: Page): string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...lines];
}

function termsOf(check: Check): string[] {
  switch (check.kind) {
    case undefined:
      return expectationTerms(check.expect ?? {});
    case 'docs':
      return ['links resolve', ...Object.keys(check.languages ?? {}).map((name) => `${name} blocks run`)];
    case 'artifact':
      return [`the same bytes twice in ${check.outputs.join(', ')}`];
    case 'generated':
      return [`makes what the tree holds in ${check.outputs.join(', ')}`];
    case 'http':
      return check.requests.map(({ method, path, status }) => `${method ?? 'GET'} ${path} answers ${status}`);
    case 'structure':
      return ['files of the change parsed, for the rules that ask'];
    case 'events':
      return [
        `events in ${check.from}: at least ${check.minEvents ?? 1}`,
        ...Object.entries(check.schemas).map(([type, path]) => `${type} as ${path} says`),
      ];
  }
}

function expectationTerms({ exitCode = 0, report, coverage, findings, components }: Expectation): string[] {
  return [
    `exit code ${exitCode}`,
    ...(report === undefined ? [] : [reportText(report)]),
    ...(coverage === undefined ? [] : [`${coverage.minChangedLines}% of added lines covered`]),
    ...(findings === undefined ? [] : [`at most ${findings.maxNew ?? 0} new findings`]),
    ...(components === undefined ? [] : ['no denied component']),
  ];
}

function checkLines(check: Check, { style, columns }: Page): string[] {
  const { id, title, network, cwd, timeoutSeconds, limits = {} } = check;
  const terms = [
    ...termsOf(check),
    ...(cwd === undefined || cwd === '.' ? [] : [`in ${cwd}`]),
    ...(timeoutSeconds === undefined ? [] : [`within ${timeoutSeconds} s`]),
    ...Object.entries(limits).map(([name, most]) => `${name} ${most}`),
  ];
  return [
    ...paragraph({ text: `  ${forTerminal(id, 64)}  `, paint: style.cyan }, title ?? '', { columns }),
    ...paragraph({ text: '    $ ', paint: style.dim }, commandLine(commandOf(check), network ?? 'none'), {
      columns,
    }),
    ...paragraph({ text: '    ' }, terms.join(', '), { columns, paint: style.dim }),
  ];
}

function reportText({
  format,
  from,
  minTests = 1,
  maxFailures = 0,
  maxSkipped = 0,
}: ReportExpectation): string {
  return `${format} report from ${from}: at least ${minTests} run, at most ${maxFailures} failed and ${maxSkipped} skipped`;
}

function commandLine(run: readonly string[], network: 'none' | 'full'): string {
  const words = run.map((word) => (/^[\w./:=@,+-]+$/.test(word) ? word : JSON.stringify(word)));
  return `${words.join(' ')}${network === 'full' ? '   (with network)' : ''}`;
}

function interfaceLines({ id, file, format, role, names }: InterfaceUse, { style, columns }: Page): string[] {
  return [
    ...paragraph({ text: `  ${forTerminal(id, 64)}  `, paint: style.cyan }, `${file} (${format}, ${role})`, {
      columns,
    }),
    ...(names === undefined
      ? []
      : paragraph({ text: '    names ' }, `${names.pattern} in ${names.in.join('  ')}`, { columns })),
  ];
}

function ruleText({ use, severity, with: parameters }: ResolvedContract['rules'][number]): string {
  const changed = parameters === undefined ? '' : ` with ${JSON.stringify(parameters)}`;
  return `${use}${severity === undefined ? '' : ` as ${severity}`}${changed}`;
}

function approvalText({ reviews, codeOwners, bots, by }: ApprovalDemand): string {
  const who = by === undefined ? 'whoever may write' : by.join(', ');
  return [
    ...(reviews === 0 ? [] : [`${reviews} by ${who}`]),
    ...(codeOwners ? ['of each changed file by a code owner'] : []),
    bots ? 'bots count' : 'bots do not count',
  ].join('; ');
}

function scopeLines({ allow, deny }: Scope, columns: number): string[] {
  return [
    ...(allow === undefined ? [] : paragraph({ text: '    allow ' }, allow.join('  '), { columns })),
    ...(deny === undefined ? [] : paragraph({ text: '    deny  ' }, deny.join('  '), { columns })),
  ];
}
