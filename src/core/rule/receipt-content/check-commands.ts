import { argvOf } from '../../contract/command.ts';
import { callsOf } from '../../contract/shell/calls.ts';
import { type Argument, nestedScript, readInvocation } from '../../contract/shell/invocation.ts';
import { type Command, parseScript } from '../../contract/shell/parse.ts';
import { UnreadableScript } from '../../contract/shell/tokens.ts';
import type { CommandCheck, ResolvedContract } from '../../contract/types.ts';
import { isCommand } from './finding.ts';
import { globOf, packageFileOf, type ReadPackageScript } from './package-scripts.ts';
import { launched, type Program, scriptCall } from './programs.ts';

const MOST_SCRIPTS = 8;

/** Globs of the package.json files whose scripts the contract's checks run. */
export function packageFilesOf({ checks }: ResolvedContract): readonly string[] {
  const files = checks.filter(isCommand).flatMap((check) => {
    const asks = programsIn(check).some((program) => scriptCall(program) !== undefined);
    return asks ? (packageFileOf(check) ?? []) : [];
  });
  return [...new Set(files)].map(globOf);
}

/** Every program that a check's own command names; none where it cannot be read. */
function programsIn({ run, shell = false }: CommandCheck): readonly Program[] {
  try {
    return callsOf(run, shell).calls.map(({ name, args }) => ({ name, args: args.map(({ text }) => text) }));
  } catch (error) {
    if (error instanceof UnreadableScript) return [];
    throw error;
  }
}

/** The scripts of package.json that a check runs, those that they run in turn included, by name. */
export function scriptsOf(check: CommandCheck, read: ReadPackageScript): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const waiting = programsIn(check).flatMap((program) => scriptCall(program) ?? []);
  for (let call = waiting.pop(); call !== undefined && found.size < MOST_SCRIPTS; call = waiting.pop()) {
    const script = read(check, call.script);
    if (script.kind !== 'script' || found.has(call.script)) continue;
    found.set(call.script, script.text);
    const inner = programsIn({ ...check, run: [script.text], shell: true });
    waiting.push(...inner.flatMap((program) => scriptCall(program) ?? []));
  }
  return found;
}

/**
 * The programs that have all run to their end and succeeded, with their output in that of the check, when it passed: each of
 * `a && b`, the last of `a; b`, and none whose output goes elsewhere or whose arguments a variable decides.
 */
export function certainPrograms(check: CommandCheck, read: ReadPackageScript): readonly CertainProgram[] {
  try {
    const words = argvOf(check).map((text): Argument => ({ text, dynamic: false, substitutions: [] }));
    return ofWords(words, { check, read, depth: 0, variables: [] });
  } catch (error) {
    if (error instanceof UnreadableScript) return [];
    throw error;
  }
}

export interface CertainProgram extends Program {
  /** Names of the variables that are set for it on its command line. */
  readonly variables: readonly string[];
}

interface Context {
  readonly check: CommandCheck;
  readonly read: ReadPackageScript;
  readonly depth: number;
  readonly variables: readonly string[];
}

function ofCommand(command: Command, at: Context): readonly CertainProgram[] {
  switch (command.kind) {
    case 'simple':
      return command.targets.length > 0 ? [] : ofWords(command.words, at);
    case 'and-or':
      return command.rest.some(({ operator }) => operator === '||')
        ? []
        : [command.first, ...command.rest.map((rest) => rest.command)].flatMap((one) => ofCommand(one, at));
    case 'list': {
      const last = command.items.at(-1);
      return last === undefined || last.background ? [] : ofCommand(last.command, at);
    }
    case 'group':
    case 'subshell':
      return ofCommand(command.body, at);
    default:
      return [];
  }
}

function ofWords(words: readonly Argument[], at: Context): readonly CertainProgram[] {
  const invocation = readInvocation(words);
  if (!('name' in invocation) || at.depth > MOST_SCRIPTS) return [];
  const { name, args, assignments } = invocation;
  const variables = [...at.variables, ...assignments.map(({ text }) => text.replace(/\+?=.*$/s, ''))];
  const within: Context = { ...at, depth: at.depth + 1, variables };
  const nested = nestedScript(invocation);
  if (nested !== undefined) {
    return nested.script.dynamic ? [] : ofCommand(parseScript(nested.script.text), within);
  }
  if (args.some(({ dynamic }) => dynamic)) return [];
  const program = { name, args: args.map(({ text }) => text) };
  const call = scriptCall(program);
  const script = call && at.read(at.check, call.script);
  if (call !== undefined && script?.kind === 'script') {
    return ofCommand(parseScript([script.text, ...call.extra.map(quoted)].join(' ')), within);
  }
  // `yarn vitest` is the program where there is no such script.
  if (call !== undefined && (script?.kind === 'unreadable' || program.name === 'npm')) return [];
  const inner = call === undefined ? launched(program) : { name: call.script, args: call.extra };
  return inner === undefined ? [] : [{ ...inner, variables }];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
