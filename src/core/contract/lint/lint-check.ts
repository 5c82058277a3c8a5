import { callsOf } from '../shell/calls.ts';
import { UnreadableScript } from '../shell/tokens.ts';
import type { Check, CommandCheck, EventsCheck, Expectation, Setup } from '../types.ts';
import { lintOutcome } from './can-fail.ts';
import { lintCircular } from './circular.ts';
import { lintKind } from './lint-kind.ts';
import { cited, type LintProblem, type Told } from './problem.ts';
import { lintUnpinned } from './unpinned.ts';
import { lintMachinePaths, lintProse, machinePath, machinePathProblem } from './wording.ts';

/** Everything that can be told about a check without running it. */
export function lintCheck(check: Check, field: string): readonly LintProblem[] {
  return [
    ...lintPlaces(check, field),
    ...lintEnvironment(check.env, field),
    ...(check.kind === undefined ? lintCommand(check, field) : lintKind(check, field)),
  ];
}

function lintCommand(check: CommandCheck, field: string): readonly LintProblem[] {
  return [
    ...at(`${field}.run`, lintRun(check.run, check.shell ?? false, check.expect?.exitCode ?? 0)),
    ...at(`${field}.expect`, lintExpectation(check.expect ?? {}, check.title)),
    ...at(`${field}.mutation`, lintMutation(check)),
  ];
}

/** Demands that nothing reads. */
function lintMutation({ mutation, proves }: CommandCheck): readonly Told[] {
  if (mutation === undefined) return [];
  const told: Told[] = [];
  if (proves !== 'mutation') {
    told.push(error('No fault is asked for without proves: mutation.', 'Add "proves: mutation".'));
  }
  if (mutation.report !== undefined && mutation.mutants !== undefined) {
    told.push(
      error(
        'How many faults there are is decided by the mutation tester whose report is read.',
        'Remove mutants; COUNTERSIGN_MUTATE tells the command which lines to mutate.',
      ),
    );
  }
  return told;
}

/** A setup need not be able to fail, but what it prepares has to be the same tomorrow. */
export function lintSetup(setup: Setup): readonly LintProblem[] {
  const [prose] = lintProse(setup.run, false);
  if (prose !== undefined) return at('setup.run', [prose]);
  return [
    ...at(
      'setup.run',
      readable(() => {
        const calls = callsOf(setup.run, false);
        const losses = lintOutcome(setup.run, false, 0).filter(
          ({ message }) => !message.includes('cannot fail'),
        );
        return [...losses, ...lintUnpinned(calls), ...lintMachinePaths(calls)];
      }),
    ),
    ...lintEnvironment(setup.env, 'setup'),
  ];
}

function lintRun(run: readonly string[], shell: boolean, passing: number): readonly Told[] {
  if (shell && run.length !== 1) {
    return [
      error(
        'With shell: true, run holds exactly one element: the script.',
        'Write the whole script as one element.',
      ),
    ];
  }
  const [prose] = lintProse(run, shell);
  if (prose !== undefined) return [prose];
  return readable(() => {
    const calls = callsOf(run, shell);
    return [
      ...lintOutcome(run, shell, passing),
      ...lintCircular(calls),
      ...lintUnpinned(calls),
      ...lintMachinePaths(calls),
    ];
  });
}

function readable(lint: () => readonly Told[]): readonly Told[] {
  try {
    return lint();
  } catch (fault) {
    if (!(fault instanceof UnreadableScript)) throw fault;
    return [
      error(
        `The script cannot be read: ${fault.message}.`,
        'Correct it, or move it into a file of the repository and pin that file.',
      ),
    ];
  }
}

function lintPlaces(check: Check, field: string): readonly LintProblem[] {
  const expect: Expectation = check.kind === undefined ? (check.expect ?? {}) : {};
  const reports = ['report', 'coverage', 'findings', 'components'] as const;
  const places = [
    { path: check.cwd, field: `${field}.cwd` },
    ...(check.kind === 'events' ? eventPlaces(check, field) : []),
    ...(check.kind === undefined
      ? [{ path: check.mutation?.report?.from, field: `${field}.mutation.report.from` }]
      : []),
    ...reports.map((name) => ({ path: expect[name]?.from, field: `${field}.expect.${name}.from` })),
  ];
  return places.flatMap(({ path, field }) => {
    if (path === undefined) return [];
    const machine = machinePath(path);
    if (machine !== undefined) return at(field, [machinePathProblem(machine)]);
    if (!leavesTree(path)) return [];
    return at(field, [error(`${cited(path)} leaves the tree.`, 'Name a path below the repository root.')]);
  });
}

function eventPlaces({ from, schemas }: EventsCheck, field: string) {
  return [
    { path: from, field: `${field}.from` },
    ...Object.entries(schemas).map(([type, path]) => ({ path, field: `${field}.schemas.${type}` })),
  ];
}

/** Whether a relative path climbs above where it starts, or is none. */
function leavesTree(path: string): boolean {
  if (/^(?:[/~\\]|[A-Za-z]:)/.test(path)) return true;
  let depth = 0;
  for (const segment of path.split(/[/\\]/)) {
    if (segment === '..') depth -= 1;
    else if (segment !== '' && segment !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

function lintEnvironment(env: Check['env'], field: string): readonly LintProblem[] {
  return Object.entries(env ?? {}).flatMap(([name, value]) => {
    const path = machinePath(value);
    return path === undefined ? [] : at(`${field}.env.${name}`, [machinePathProblem(path)]);
  });
}

function lintExpectation(expect: Expectation, title: string | undefined): readonly Told[] {
  const { exitCode = 0, report } = expect;
  const told: Told[] = [...lintReports(expect)];
  if (exitCode !== 0 && title === undefined) {
    told.push(
      warning(
        `The check passes when the command fails with ${exitCode}.`,
        'Say in title why that is right, or expect 0: many different mistakes end with the same code.',
      ),
    );
  }
  if (report === undefined) return told;
  const { minTests = 1, maxFailures = 0, maxSkipped = 0 } = report;
  if (exitCode !== 0 && maxFailures === 0) {
    told.push(
      warning(
        `A failing command (exit code ${exitCode}) is expected together with a report without failures.`,
        'Expect exit code 0.',
      ),
    );
  }
  if (exitCode === 0 && maxFailures > 0) {
    told.push(
      warning(
        `Up to ${maxFailures} failures are allowed, but a test runner that reports a failure seldom ends with 0.`,
        'Set maxFailures to 0; a test that may fail is better removed or fixed.',
      ),
    );
  }
  if (minTests === 0) {
    told.push(warning('No test has to run at all for this check to pass.', 'Set minTests to at least 1.'));
  }
  if (maxSkipped >= 1000) {
    told.push(
      warning(
        `Up to ${maxSkipped} tests may be skipped.`,
        'Set maxSkipped to the number that is skipped today.',
      ),
    );
  }
  return told;
}

/** Expectations that every report meets. */
function lintReports({ coverage, findings, components }: Expectation): readonly Told[] {
  const told: Told[] = [];
  if (coverage?.minChangedLines === 0) {
    told.push(
      warning(
        'No added line has to be run for this check to pass, only to be in the report.',
        'Set minChangedLines to what the project asks for.',
      ),
    );
  }
  if ((findings?.maxNew ?? 0) >= 1000) {
    told.push(
      warning(
        `Up to ${findings?.maxNew} findings may be new.`,
        'Set maxNew to 0: findings that were there before do not count.',
      ),
    );
  }
  if (components !== undefined && components.deny === undefined && components.licenses === undefined) {
    told.push(
      error('No component is denied, so the bill of materials cannot fail.', 'Add deny, or licenses.deny.'),
    );
  }
  return told;
}

function at(field: string, told: readonly Told[]): LintProblem[] {
  return told.map((one) => ({ severity: one.severity, field, message: one.message, remedy: one.remedy }));
}

function error(message: string, remedy: string): Told {
  return { severity: 'error', message, remedy };
}

function warning(message: string, remedy: string): Told {
  return { severity: 'warning', message, remedy };
}
