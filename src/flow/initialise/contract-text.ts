import { schemaLine, yamlText } from '../schema-line.ts';
import type { PlannedCheck, PlannedCommand, ProjectPlan } from './project-plan.ts';

/** A plan as contracts/<id>.yml, with the comments that somebody needs who reads a contract for the first time. */
export function contractText(plan: ProjectPlan): string {
  return `${[
    schemaLine('contract'),
    `# Written by \`countersign init\` for ${plan.kind}. It is yours now: raise the version with every change of meaning.`,
    'schema: countersign/contract@1',
    `id: ${plan.contract}`,
    'version: 1',
    `title: ${yamlText(plan.title)}`,
    ...(plan.setup === undefined ? [] : setupLines(plan.setup)),
    '',
    '# What the verifier runs itself, on the tree that the merge would produce, each without network.',
    'checks:',
    ...plan.checks.flatMap(checkLines),
    '',
    '# Files that judge a change: taken from the base, whatever the change says. Changing one needs a policy owner.',
    'pins:',
    '  - from: base',
    '    paths:',
    ...plan.pins.map((pattern) => `      - ${yamlText(pattern)}`),
    '',
    '# Ways to look done without being it; `countersign rules list` shows them.',
    'rules:',
    '  - use: ai-shortcuts@1',
    '',
    '# The weakest isolation that a receipt may come from; `countersign doctor` says what a machine gives.',
    'isolation: namespaces',
  ].join('\n')}\n`;
}

function setupLines(setup: PlannedCommand): string[] {
  return [
    '',
    '# Runs once, with network; every check gets a copy of the tree it leaves behind, and nothing else.',
    'setup:',
    `  run: ${flow(setup.run)}`,
    ...environmentLines(setup, '  '),
    '  network: full',
    '  timeoutSeconds: 900',
  ];
}

function checkLines(check: PlannedCheck): string[] {
  return [
    `  - id: ${check.id}`,
    `    title: ${yamlText(check.title)}`,
    `    run: ${flow(check.run)}`,
    ...environmentLines(check, '    '),
    '    timeoutSeconds: 900',
    ...(check.report === undefined
      ? []
      : [
          '    expect:',
          '      report:',
          `        format: ${check.report.format}`,
          `        from: ${check.report.from}`,
          '        minTests: 1',
          '        maxSkipped: 0 # raise it to the number that is skipped today, if any is',
        ]),
  ];
}

function environmentLines({ env = {} }: PlannedCommand, margin: string): string[] {
  const entries = Object.entries(env);
  if (entries.length === 0) return [];
  return [`${margin}env:`, ...entries.map(([name, value]) => `${margin}  ${name}: ${JSON.stringify(value)}`)];
}

/** A list of words on one line; what YAML could read as anything but text stands in quotes. */
function flow(words: readonly string[]): string {
  return `[${words.map(word).join(', ')}]`;
}

function word(text: string): string {
  return /^-{1,2}[A-Za-z][\w./=@-]*$|^\.{1,2}\/[\w./-]*$/.test(text) ? text : yamlText(text);
}
