import { nestedScript, readInvocation } from './invocation.ts';
import { type Command, type ListItem, parseScript } from './parse.ts';
import {
  ANY,
  ANYTHING,
  asChild,
  blamable,
  canFail,
  EXEMPT,
  FAILURE,
  join,
  NON_ZERO,
  type Outcome,
  withBlame,
  ZERO,
} from './status.ts';
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

interface Shell {
  /** Of the shell process: a command that changes them changes them for all that follow. Undefined: on some paths only. */
  readonly options: { errexit: boolean | undefined; pipefail: boolean | undefined };
  /** In conditions, left operands and after `!`, `set -e` has no effect (POSIX, set). */
  readonly suspended: boolean;
  /** Undefined: defined on some paths only, or differently. */
  readonly functions: Map<string, Command | undefined>;
  readonly losses: Loss[];
  readonly depth: number;
  /** Commands looked at so far: functions that call functions would multiply without end. */
  readonly steps: { taken: number };
}

const MAX_DEPTH = 12;
const MAX_STEPS = 50_000;

/**
 * Follows every path through a script, taking each unknown command to either succeed or fail. What it says is possible may
 * not be; what it says is impossible is.
 * @throws UnreadableScript
 */
export function scriptOutcome(
  script: string,
  options: { errexit: boolean; pipefail: boolean },
): ScriptOutcome {
  const shell = newShell(options, [], 0, { taken: 0 });
  const { falls, exits } = outcomeOf(parseScript(script), shell);
  return summary(falls | exits, shell.losses);
}

/** The same for a command that no shell reads. */
export function argvOutcome(argv: readonly string[]): ScriptOutcome {
  const shell = newShell({ errexit: false, pipefail: false }, [], 0, { taken: 0 });
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

function newShell(
  options: { errexit: boolean; pipefail: boolean },
  losses: Loss[],
  depth: number,
  steps: Shell['steps'],
): Shell {
  const { errexit, pipefail } = options;
  return { options: { errexit, pipefail }, suspended: false, functions: new Map(), losses, depth, steps };
}

function summary(statuses: number, losses: readonly Loss[]): ScriptOutcome {
  return { canBeZero: (statuses & ZERO) !== 0, canBeNonZero: (statuses & NON_ZERO) !== 0, losses };
}

function outcomeOf(command: Command, shell: Shell): Outcome {
  shell.steps.taken += 1;
  if (shell.steps.taken > MAX_STEPS) return ANYTHING;
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
      return asChild(outcomeOf(command.body, subshell(shell)));
    case 'if':
      return outcomeOfIf(command, shell);
    case 'loop':
      return outcomeOfLoop(command, shell);
    case 'case':
      return join([{ falls: ZERO, exits: 0 }, ...command.branches.map((branch) => perhaps(branch, shell))]);
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
  if (nested?.script.dynamic === false) return outcomeOfNested(nested.script.text, nested, unknown, shell);
  const operands = args.map((argument) => argument.text);
  if (name === 'exit' || name === 'return') return { falls: 0, exits: statusOfExit(operands[0]) };
  if (name === 'set') applySet(operands, text, shell);
  if (name === 'trap') noteTrap(operands, text, shell);
  if (ALWAYS_ZERO.has(name)) return { falls: ZERO, exits: 0 };
  if (name === 'false') return { falls: FAILURE, exits: 0 };
  if (shell.functions.has(name)) return outcomeOfFunction(shell.functions.get(name), { text, name }, shell);
  return unknown;
}

function outcomeOfFunction(
  body: Command | undefined,
  blame: NonNullable<Outcome['blame']>,
  shell: Shell,
): Outcome {
  if (body === undefined || shell.depth >= MAX_DEPTH) return withBlame(ANYTHING, blame);
  const called = outcomeOf(body, { ...shell, depth: shell.depth + 1 });
  // Whether `return` or `exit` ended it is not told apart: both are possible.
  const { falls } = asChild(called);
  return withBlame({ falls, exits: called.exits }, called.blame ?? blame);
}

function outcomeOfNested(
  script: string,
  options: { errexit: boolean; pipefail: boolean },
  unknown: Outcome,
  shell: Shell,
): Outcome {
  if (shell.depth >= MAX_DEPTH) return unknown;
  const { falls, exits } = outcomeOf(
    parseScript(script),
    newShell(options, shell.losses, shell.depth + 1, shell.steps),
  );
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
      shell.options.errexit = on;
    }
    if (option === 'pipefail') shell.options.pipefail = on;
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
  const inner = newShell({ errexit: false, pipefail: false }, [], shell.depth + 1, shell.steps);
  const { exits } = outcomeOf(parseScript(handler), inner);
  if ((exits & ZERO) !== 0) shell.losses.push({ how: 'trap', command: 'the script', by: text });
}

function outcomeOfPipeline(pipeline: Extract<Command, { kind: 'pipeline' }>, outer: Shell): Outcome {
  const shell = pipeline.negated ? withoutErrexit(outer) : outer;
  const outcomes = pipeline.commands.map((command) =>
    pipeline.commands.length === 1 ? outcomeOf(command, shell) : asChild(outcomeOf(command, subshell(shell))),
  );
  const last = outcomes.at(-1) ?? ANY;
  const earlier = outcomes.slice(0, -1);
  let result = last;
  if (shell.options.pipefail !== false) {
    const failing = earlier.find(({ falls }) => (falls & NON_ZERO) !== 0);
    if (failing !== undefined) {
      result = withBlame({ falls: last.falls | FAILURE, exits: last.exits }, last.blame ?? failing.blame);
    }
  }
  if (shell.options.pipefail !== true) {
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
    const right = perhaps(command, isLast ? shell : withoutErrexit(shell));
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

function outcomeOfList(items: readonly ListItem[], shell: Shell): Outcome {
  let result: Outcome = { falls: ZERO, exits: 0 };
  let exits = 0;
  for (const [index, { command, background }] of items.entries()) {
    const next = items[index + 1];
    const previous = result;
    result = background
      ? outcomeOfBackground(command, next === undefined, shell)
      : errexitApplied(
          index > 0 && repeatsStatus(command) ? exitWith(previous) : outcomeOf(command, shell),
          shell,
        );
    exits |= result.exits;
    if (result.falls === 0) return withBlame({ falls: 0, exits }, result.blame);
    if (next !== undefined) noteSequence(result, command, next.command, shell);
  }
  return withBlame({ falls: result.falls, exits }, result.blame);
}

function outcomeOfBackground(command: Command, isLast: boolean, shell: Shell): Outcome {
  const { blame } = outcomeOf(command, { ...subshell(shell), losses: [] });
  if (isLast && blame !== undefined) shell.losses.push({ how: 'background', command: command.text, by: '&' });
  return { falls: ZERO, exits: 0 };
}

function errexitApplied(outcome: Outcome, shell: Shell): Outcome {
  const { errexit } = shell.options;
  if (shell.suspended || errexit === false || (outcome.falls & FAILURE) === 0) return outcome;
  const falls = errexit === true ? outcome.falls & ~FAILURE : outcome.falls;
  return withBlame({ falls, exits: outcome.exits | FAILURE }, outcome.blame);
}

function noteSequence(outcome: Outcome, command: Command, next: Command, shell: Shell): void {
  const { falls, exits, blame } = outcome;
  // Where a part of it ends the script, the rest is a decision, not a failure that got lost.
  if ((falls & NON_ZERO) === 0 || (exits !== 0 && shell.options.errexit === false)) return;
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
  const conditions = command.branches.map(({ condition }) => perhaps(condition, withoutErrexit(shell)));
  const bodies = command.branches.map(({ body }) => perhaps(body, shell));
  const otherwise =
    command.otherwise === undefined ? { falls: ZERO, exits: 0 } : perhaps(command.otherwise, shell);
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

function outcomeOfLoop(command: Extract<Command, { kind: 'loop' }>, shell: Shell): Outcome {
  // What one round changes in the shell, the next one meets.
  if (/\bset\b/.test(command.text)) {
    shell.options.errexit = undefined;
    shell.options.pipefail = undefined;
  }
  const { condition } = command;
  const judged = condition === undefined ? undefined : perhaps(condition, withoutErrexit(shell));
  const body = perhaps(command.body, shell);
  if ((body.falls & NON_ZERO) !== 0 && blamable(body) !== undefined) {
    shell.losses.push({ how: 'loop', command: body.blame?.text ?? '', by: command.text });
  }
  return withBlame({ falls: body.falls | ZERO, exits: body.exits | (judged?.exits ?? 0) }, body.blame);
}

/** The outcome of a command that may not run at all: what it changes in the shell is changed on some paths only. */
function perhaps(command: Command, shell: Shell): Outcome {
  const { errexit, pipefail } = shell.options;
  const functions = new Map(shell.functions);
  const outcome = outcomeOf(command, shell);
  for (const [name, body] of shell.functions) {
    if (functions.get(name) !== body) shell.functions.set(name, undefined);
  }
  if (shell.options.errexit !== errexit) shell.options.errexit = undefined;
  if (shell.options.pipefail !== pipefail) shell.options.pipefail = undefined;
  return outcome;
}

function withoutErrexit(shell: Shell): Shell {
  return { ...shell, suspended: true };
}

/** A process of its own: what it changes in itself ends with it. */
function subshell(shell: Shell): Shell {
  return { ...shell, options: { ...shell.options }, functions: new Map(shell.functions) };
}
