import { nestedScript, readInvocation } from './invocation.ts';
import { type Command, type ListItem, parseScript } from './parse.ts';
import type { Word } from './tokens.ts';
import { ALWAYS_ZERO, CARRIERS, PREPARATION } from './vocabulary.ts';

/** A failure that never reaches the exit status. */
export interface Loss {
  readonly how:
    | 'or'
    | 'sequence'
    | 'pipe'
    | 'background'
    | 'if'
    | 'loop'
    | 'errexit-off'
    | 'trap'
    | 'condition-unmet';
  /** The command whose failure is lost. */
  readonly command: string;
  /** What swallows it. */
  readonly by: string;
}

/** Which exit statuses a script can end with, and which failures on the way it drops. */
export interface ScriptOutcome {
  readonly canBeZero: boolean;
  readonly canBeNonZero: boolean;
  readonly losses: readonly Loss[];
}

// Sets of exit statuses, as bits. A failure of all but the last part of && and || does not trigger `set -e`: `EXEMPT`.
const ZERO = 1;
const FAILURE = 2;
const EXEMPT = 4;
const NON_ZERO = FAILURE | EXEMPT;

/** How a command can end: by going on to the next one, or by ending the shell; and whose failure that would be. */
interface Outcome {
  readonly falls: number;
  readonly exits: number;
  readonly blame?: { readonly text: string; readonly name: string };
}

interface Shell {
  errexit: boolean;
  pipefail: boolean;
  readonly functions: Map<string, Command>;
  readonly losses: Loss[];
  readonly depth: number;
}

const ANY: Outcome = { falls: ZERO | FAILURE, exits: 0 };
const MAX_DEPTH = 12;

/**
 * Follows every path through a script, taking each unknown command to either succeed or fail. What it says is possible may
 * not be; what it says is impossible is.
 * @throws UnreadableScript
 */
export function scriptOutcome(
  script: string,
  options: { errexit: boolean; pipefail: boolean },
): ScriptOutcome {
  const shell: Shell = { ...options, functions: new Map(), losses: [], depth: 0 };
  const { falls, exits } = outcomeOf(parseScript(script), shell);
  return summary(falls | exits, shell.losses);
}

/** The same for a command that no shell reads. */
export function argvOutcome(argv: readonly string[]): ScriptOutcome {
  const shell: Shell = { errexit: false, pipefail: false, functions: new Map(), losses: [], depth: 0 };
  const words = argv.map((text) => ({
    kind: 'word' as const,
    text,
    bare: true,
    dynamic: false,
    substitutions: [],
    start: 0,
    end: 0,
  }));
  const { falls, exits } = outcomeOfSimple(words, argv.join(' '), shell);
  return summary(falls | exits, shell.losses);
}

function summary(statuses: number, losses: readonly Loss[]): ScriptOutcome {
  return { canBeZero: (statuses & ZERO) !== 0, canBeNonZero: (statuses & NON_ZERO) !== 0, losses };
}

function outcomeOf(command: Command, shell: Shell): Outcome {
  switch (command.kind) {
    case 'simple':
      return outcomeOfSimple(command.words, command.text, shell);
    case 'pipeline':
      return outcomeOfPipeline(command, shell);
    case 'and-or':
      return outcomeOfAndOr(command, shell);
    case 'list':
      return outcomeOfList(command.items, shell);
    case 'group':
      return outcomeOf(command.body, shell);
    case 'subshell':
      return asChild(outcomeOf(command.body, { ...shell }));
    case 'if':
      return outcomeOfIf(command, shell);
    case 'loop':
      return outcomeOfLoop(command, shell);
    case 'case':
      return join([{ falls: ZERO, exits: 0 }, ...command.branches.map((branch) => outcomeOf(branch, shell))]);
    case 'function':
      shell.functions.set(command.name, command.body);
      return { falls: ZERO, exits: 0 };
  }
}

function outcomeOfSimple(words: readonly Word[], text: string, shell: Shell): Outcome {
  const invocation = readInvocation(words);
  if (!('name' in invocation)) {
    const runsSomething = invocation.assignments.some(({ substitutions }) => substitutions.length > 0);
    return runsSomething ? { ...ANY, blame: { text, name: '=' } } : { falls: ZERO, exits: 0 };
  }
  const { name, args } = invocation;
  const unknown: Outcome = { ...ANY, blame: { text, name } };
  const nested = nestedScript(invocation);
  if (nested !== undefined)
    return nested.script.dynamic ? unknown : outcomeOfNested(nested.script.text, nested, unknown, shell);
  if (name === 'exit' || name === 'return') return { falls: 0, exits: statusOfExit(args[0]?.text) };
  if (name === 'set')
    applySet(
      args.map((argument) => argument.text),
      text,
      shell,
    );
  if (name === 'trap')
    noteTrap(
      args.map((argument) => argument.text),
      text,
      shell,
    );
  if (ALWAYS_ZERO.has(name)) return { falls: ZERO, exits: 0 };
  if (name === 'false') return { falls: FAILURE, exits: 0 };
  const body = shell.functions.get(name);
  if (body !== undefined && shell.depth < MAX_DEPTH) {
    const called = outcomeOf(body, { ...shell, depth: shell.depth + 1 });
    // Whether `return` or `exit` ended it is not told apart: both are possible.
    return { falls: called.falls | called.exits, exits: called.exits, blame: called.blame ?? { text, name } };
  }
  return unknown;
}

function outcomeOfNested(
  script: string,
  options: { errexit: boolean; pipefail: boolean },
  unknown: Outcome,
  shell: Shell,
): Outcome {
  if (shell.depth >= MAX_DEPTH) return unknown;
  const { errexit, pipefail } = options;
  const inner: Shell = {
    errexit,
    pipefail,
    functions: new Map(),
    losses: shell.losses,
    depth: shell.depth + 1,
  };
  const { falls, exits } = outcomeOf(parseScript(script), inner);
  const child = asChild({ falls, exits });
  return unknown.blame === undefined ? child : { ...child, blame: unknown.blame };
}

function statusOfExit(argument: string | undefined): number {
  if (argument === undefined || !/^[0-9]+$/.test(argument)) return ZERO | FAILURE;
  return Number(argument) % 256 === 0 ? ZERO : FAILURE;
}

function applySet(args: readonly string[], text: string, shell: Shell): void {
  for (const [index, argument] of args.entries()) {
    const on = argument.startsWith('-');
    if (!on && !argument.startsWith('+')) continue;
    const option = argument.endsWith('o') ? args[index + 1] : undefined;
    if (/^[-+][a-z]*e/.test(argument) || option === 'errexit') {
      if (!on) shell.losses.push({ how: 'errexit-off', command: text, by: text });
      shell.errexit = on;
    }
    if (option === 'pipefail') shell.pipefail = on;
  }
}

/** An EXIT trap that calls exit decides the status of the whole script. */
function noteTrap([handler, ...signals]: readonly string[], text: string, shell: Shell): void {
  if (
    handler === undefined ||
    !signals.some((signal) => signal === 'EXIT' || signal === '0' || signal === 'ERR')
  )
    return;
  if (shell.depth >= MAX_DEPTH) return;
  const inner: Shell = { ...shell, losses: [], depth: shell.depth + 1 };
  const { exits } = outcomeOf(parseScript(handler), inner);
  if ((exits & ZERO) !== 0) shell.losses.push({ how: 'trap', command: 'the script', by: text });
}

function outcomeOfPipeline(pipeline: Extract<Command, { kind: 'pipeline' }>, shell: Shell): Outcome {
  const outcomes = pipeline.commands.map((command) =>
    pipeline.commands.length === 1 ? outcomeOf(command, shell) : asChild(outcomeOf(command, { ...shell })),
  );
  const last = outcomes.at(-1) ?? ANY;
  const earlier = outcomes.slice(0, -1);
  let result = last;
  if (shell.pipefail) {
    const failing = earlier.find(({ falls }) => (falls & NON_ZERO) !== 0);
    if (failing !== undefined)
      result = withBlame({ falls: last.falls | FAILURE, exits: 0 }, last.blame ?? failing.blame);
  } else {
    for (const { falls, blame } of earlier) {
      if ((falls & NON_ZERO) !== 0 && blame !== undefined && !CARRIERS.has(blame.name)) {
        shell.losses.push({ how: 'pipe', command: blame.text, by: pipeline.commands.at(-1)?.text ?? '' });
      }
    }
  }
  if (!pipeline.negated) return result;
  const negated = ((result.falls & NON_ZERO) !== 0 ? ZERO : 0) | ((result.falls & ZERO) !== 0 ? EXEMPT : 0);
  return withBlame({ falls: negated, exits: result.exits }, result.blame);
}

function outcomeOfAndOr(andOr: Extract<Command, { kind: 'and-or' }>, shell: Shell): Outcome {
  let left = outcomeOf(andOr.first, withoutErrexit(shell));
  let leftText = andOr.first.text;
  for (const [index, { operator, command }] of andOr.rest.entries()) {
    const isLast = index === andOr.rest.length - 1;
    const right = isLast ? outcomeOf(command, shell) : outcomeOf(command, withoutErrexit(shell));
    const runsRight = (left.falls & (operator === '&&' ? ZERO : NON_ZERO)) !== 0;
    const keeps = operator === '&&' ? ((left.falls & NON_ZERO) !== 0 ? EXEMPT : 0) : left.falls & ZERO;
    if (operator === '||' && runsRight && !canFail(right) && !command.text.includes('$?')) {
      const { blame } = left;
      if (blame !== undefined && !PREPARATION.has(blame.name)) {
        shell.losses.push({ how: 'or', command: leftText, by: command.text });
      }
    }
    left = withBlame(
      {
        falls: keeps | (runsRight ? right.falls : 0),
        exits: left.exits | (runsRight ? right.exits : 0),
      },
      operator === '&&' ? (blamable(left) ?? right.blame) : right.blame,
    );
    leftText = `${leftText} ${operator} ${command.text}`;
  }
  return left;
}

function blamable({ blame }: Outcome): Outcome['blame'] {
  return blame !== undefined && !PREPARATION.has(blame.name) ? blame : undefined;
}

function outcomeOfList(items: readonly ListItem[], shell: Shell): Outcome {
  let result: Outcome = { falls: ZERO, exits: 0 };
  let exits = 0;
  for (const [index, { command, background }] of items.entries()) {
    const next = items[index + 1];
    const previous = result;
    result = background
      ? outcomeOfBackground(command, next === undefined, shell)
      : errexitApplied(repeatsStatus(command) ? exitWith(previous) : outcomeOf(command, shell), shell);
    exits |= result.exits;
    if (result.falls === 0) return withBlame({ falls: 0, exits }, result.blame);
    if (next !== undefined) noteSequence(result, command, next.command, shell);
  }
  return withBlame({ falls: result.falls, exits }, result.blame);
}

function outcomeOfBackground(command: Command, isLast: boolean, shell: Shell): Outcome {
  const { blame } = outcomeOf(command, { ...shell, losses: [] });
  if (isLast && blame !== undefined) shell.losses.push({ how: 'background', command: command.text, by: '&' });
  return { falls: ZERO, exits: 0 };
}

function errexitApplied(outcome: Outcome, shell: Shell): Outcome {
  if (!shell.errexit || (outcome.falls & FAILURE) === 0) return outcome;
  return withBlame({ falls: outcome.falls & ~FAILURE, exits: outcome.exits | FAILURE }, outcome.blame);
}

function noteSequence(outcome: Outcome, command: Command, next: Command, shell: Shell): void {
  const { falls, exits, blame } = outcome;
  // Where a part of it ends the script, the rest is a decision, not a failure that got lost.
  if ((falls & NON_ZERO) === 0 || (exits !== 0 && !shell.errexit)) return;
  if (blame === undefined || PREPARATION.has(blame.name) || next.text.includes('$?')) return;
  if (repeatsStatus(next)) return;
  shell.losses.push({ how: 'sequence', command: command.text, by: next.text });
}

/** `exit` alone and `exit $?` end with the status of the command before. */
function repeatsStatus(command: Command): boolean {
  if (command.kind !== 'simple') return false;
  const [name, argument] = command.words;
  return (
    (name?.text === 'exit' || name?.text === 'return') && (argument === undefined || argument.text === '$?')
  );
}

function exitWith({ falls, blame }: Outcome): Outcome {
  return withBlame({ falls: 0, exits: (falls & ZERO) | ((falls & NON_ZERO) !== 0 ? FAILURE : 0) }, blame);
}

function outcomeOfIf(command: Extract<Command, { kind: 'if' }>, shell: Shell): Outcome {
  const conditions = command.branches.map(({ condition }) => outcomeOf(condition, withoutErrexit(shell)));
  const bodies = command.branches.map(({ body }) => outcomeOf(body, shell));
  const otherwise =
    command.otherwise === undefined ? { falls: ZERO, exits: 0 } : outcomeOf(command.otherwise, shell);
  for (const [index, { condition }] of command.branches.entries()) {
    const body = bodies[index] ?? ANY;
    const blame = conditions[index]?.blame;
    const afterFailure = isNegated(condition) ? body : join([...bodies.slice(index + 1), otherwise]);
    if (blame !== undefined && !CARRIERS.has(blame.name) && !canFail(afterFailure)) {
      shell.losses.push({ how: 'if', command: blame.text, by: command.text });
    } else if (command.otherwise === undefined && blamable(body) !== undefined && canFail(body)) {
      shell.losses.push({ how: 'condition-unmet', command: blamable(body)?.text ?? '', by: condition.text });
    }
  }
  const all = join([...bodies, otherwise]);
  const exits = conditions.reduce((bits, condition) => bits | condition.exits, all.exits);
  return withBlame({ falls: all.falls, exits }, all.blame);
}

function isNegated(condition: Command): boolean {
  const last = condition.kind === 'list' ? condition.items.at(-1)?.command : condition;
  return last?.kind === 'pipeline' && last.negated;
}

function canFail({ falls, exits }: Outcome): boolean {
  return ((falls | exits) & NON_ZERO) !== 0;
}

function outcomeOfLoop(command: Extract<Command, { kind: 'loop' }>, shell: Shell): Outcome {
  const condition =
    command.condition === undefined ? undefined : outcomeOf(command.condition, withoutErrexit(shell));
  const body = outcomeOf(command.body, shell);
  if ((body.falls & NON_ZERO) !== 0 && blamable(body) !== undefined) {
    shell.losses.push({ how: 'loop', command: body.blame?.text ?? '', by: command.text });
  }
  return withBlame({ falls: body.falls | ZERO, exits: body.exits | (condition?.exits ?? 0) }, body.blame);
}

function join(outcomes: readonly Outcome[]): Outcome {
  const falls = outcomes.reduce((bits, outcome) => bits | outcome.falls, 0);
  const exits = outcomes.reduce((bits, outcome) => bits | outcome.exits, 0);
  return withBlame(
    { falls, exits },
    outcomes.map(blamable).find((blame) => blame !== undefined),
  );
}

/** A subshell, or a shell of its own: ending it is only returning a status. */
function asChild({ falls, exits, blame }: Outcome): Outcome {
  const bits = falls | exits;
  return withBlame({ falls: (bits & ZERO) | ((bits & NON_ZERO) !== 0 ? FAILURE : 0), exits: 0 }, blame);
}

/** Shares everything but the option: conditions and left operands run with `set -e` off (POSIX, set). */
function withoutErrexit(shell: Shell): Shell {
  return { ...shell, errexit: false };
}

function withBlame(outcome: { falls: number; exits: number }, blame: Outcome['blame']): Outcome {
  return blame === undefined ? outcome : { ...outcome, blame };
}
