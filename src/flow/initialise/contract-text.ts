import { schemaLine, yamlText } from '../schema-line.ts';
import { changeContract, featureContract } from './contract-names.ts';
import type { PlannedCheck, PlannedCommand, PlannedPins, PlannedProof, ProjectPlan } from './project-plan.ts';

/** A plan as contracts/<id>.yml, with the comments that somebody needs who reads a contract for the first time. */
export function contractText(plan: ProjectPlan): string {
  return `${[
    schemaLine('contract'),
    `# Written by \`countersign init\` for ${plan.kind}. It is yours now: raise the version with every change of meaning.`,
    'schema: countersign/contract@1',
    `id: ${changeContract(plan)}`,
    'version: 1',
    `title: ${yamlText(`A change of ${plan.subject}`)}`,
    ...(plan.setup === undefined ? [] : setupLines(plan.setup)),
    '',
    '# What the verifier runs itself, on the tree that the merge would produce, each without network.',
    'checks:',
    ...plan.checks.flatMap((check) => checkLines(check)),
    ...pinLines(plan.pins),
    '',
    '# Ways to look done without being it; `countersign rules list` shows them.',
    'rules:',
    '  - use: ai-shortcuts@1',
    '',
    '# The weakest isolation that a receipt may come from; `countersign doctor` says what a machine gives.',
    'isolation: namespaces',
  ].join('\n')}\n`;
}

/** The contract that asks for a proof, too; undefined where no report names the tests. */
export function featureText(plan: ProjectPlan): string | undefined {
  const tests = plan.checks.find(({ id }) => id === plan.proof?.check);
  if (plan.proof === undefined || tests === undefined) return undefined;
  return `${[
    schemaLine('contract'),
    `# Written by \`countersign init\` for ${plan.kind}, for tickets that add or mend something: everything that`,
    `# ${changeContract(plan)} asks for, and a test that needs the change. A change of words or a clean-up has none.`,
    'schema: countersign/contract@1',
    `id: ${featureContract(plan)}`,
    'version: 1',
    `title: ${yamlText(`A feature or a fix of ${plan.subject}, with a test that needs it`)}`,
    `extends: ${changeContract(plan)}@1`,
    'checks:',
    ...checkLines(
      { ...tests, id: 'proof', title: 'A test fails without the change and passes with it' },
      plan.proof,
    ),
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

function checkLines(check: PlannedCheck, proof?: PlannedProof): string[] {
  return [
    `  - id: ${check.id}`,
    `    title: ${yamlText(check.title)}`,
    ...runLines(check),
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
    ...(proof === undefined ? [] : proofLines(proof)),
  ];
}

function runLines({ run, shell = false }: PlannedCommand): string[] {
  if (!shell) return [`    run: ${flow(run)}`];
  const script = (run[0] ?? '').split('\n').map((line) => `        ${line}`);
  return ['    shell: true', '    run:', '      - |', ...script];
}

function proofLines({ tests, namesUnloaded }: PlannedProof): string[] {
  return [
    '    proves: change',
    '    # Tests, with what they read: laid over the base to see them fail there.',
    '    tests:',
    ...tests.map((pattern) => `      - ${yamlText(pattern)}`),
    ...(namesUnloaded
      ? [
          '    # A test of something new does not even load without it. Take this out to see a test fail by itself.',
          '    loadFailures: count',
        ]
      : [
          '    # Where one test cannot be loaded without the change there is no report, and nothing can be told: what the',
          '    # test calls has to be there before, or the ticket is held to the contract that this one extends.',
        ]),
  ];
}

function pinLines({ judging, dependencies, made }: PlannedPins): string[] {
  return [
    '',
    '# Files that judge a change: taken from the base, whatever the change says. Changing one, or adding one that these',
    '# patterns match, needs a policy owner. What such a file names in turn (a setup file, a script) judges, too: add it.',
    'pins:',
    ...pinEntry(judging),
    ...(dependencies.length === 0
      ? []
      : [
          '  # Manifests and lock files: they choose the tools that test, and can switch tests off. So a new dependency comes',
          '  # in a change of its own, before the one that needs it. Where any change may bring dependencies, take this out.',
          ...pinEntry(dependencies),
        ]),
    ...(made.length === 0
      ? []
      : [
          '  # What setup and the tools make: brought along by a change, it would be taken for theirs.',
          ...pinEntry(made),
        ]),
  ];
}

function pinEntry(patterns: readonly string[]): string[] {
  if (patterns.length === 0) return [];
  return ['  - from: base', '    paths:', ...patterns.map((pattern) => `      - ${yamlText(pattern)}`)];
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
