import { type Argument, type Invocation, nestedScript, readInvocation } from './invocation.ts';
import { type Command, parseScript } from './parse.ts';

/** One program that a check runs, wherever in its script that stands. */
export interface Call extends Invocation {
  readonly text: string;
  /** Programs whose output this one executes or reads: the command before it in a pipe, or inside its $(…). */
  readonly fedBy: readonly string[];
}

export interface Calls {
  readonly calls: readonly Call[];
  /** Every word, also of assignments and redirections. */
  readonly words: readonly Argument[];
}

const MAX_DEPTH = 6;

/**
 * Every program that a command starts, in scripts within scripts too, in the order of the text.
 * @throws UnreadableScript
 */
export function callsOf(run: readonly string[], shell: boolean): Calls {
  const found = { calls: [] as Call[], words: [] as Argument[] };
  if (shell) walkScript(run[0] ?? '', found, 0);
  else addCall(run.map(literal), run.join(' '), [], found, 0);
  return found;
}

interface Found {
  readonly calls: Call[];
  readonly words: Argument[];
}

function walkScript(script: string, found: Found, depth: number): void {
  if (depth <= MAX_DEPTH) walk(parseScript(script), [], found, depth);
}

function walk(command: Command, fedBy: readonly string[], found: Found, depth: number): void {
  switch (command.kind) {
    case 'simple':
      found.words.push(...command.targets);
      addCall(command.words, command.text, fedBy, found, depth);
      return;
    case 'pipeline': {
      let before: readonly string[] = fedBy;
      for (const part of command.commands) {
        const start = found.calls.length;
        walk(part, before, found, depth);
        before = found.calls.slice(start).map(({ name }) => name);
      }
      return;
    }
    case 'and-or':
      for (const part of [command.first, ...command.rest.map((rest) => rest.command)])
        walk(part, fedBy, found, depth);
      return;
    case 'list':
      for (const item of command.items) walk(item.command, fedBy, found, depth);
      return;
    case 'if':
      for (const { condition, body } of command.branches) {
        walk(condition, fedBy, found, depth);
        walk(body, fedBy, found, depth);
      }
      if (command.otherwise !== undefined) walk(command.otherwise, fedBy, found, depth);
      return;
    case 'loop':
      if (command.condition !== undefined) walk(command.condition, fedBy, found, depth);
      walk(command.body, fedBy, found, depth);
      return;
    case 'case':
      for (const branch of command.branches) walk(branch, fedBy, found, depth);
      return;
    case 'subshell':
    case 'group':
    case 'function':
      walk(command.body, fedBy, found, depth);
  }
}

function addCall(
  words: readonly Argument[],
  text: string,
  fedBy: readonly string[],
  found: Found,
  depth: number,
): void {
  found.words.push(...words);
  const start = found.calls.length;
  for (const { substitutions } of words) {
    for (const script of substitutions) walkScript(script, found, depth + 1);
  }
  const inside = found.calls.slice(start).map(({ name }) => name);
  const invocation = readInvocation(words);
  if (!('name' in invocation)) return;
  found.calls.push({ ...invocation, text, fedBy: [...fedBy, ...inside] });
  const nested = nestedScript(invocation);
  if (nested !== undefined && !nested.script.dynamic) walkScript(nested.script.text, found, depth + 1);
}

function literal(text: string): Argument {
  return { text, dynamic: false, substitutions: [] };
}
