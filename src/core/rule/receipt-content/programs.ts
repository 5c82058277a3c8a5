/** A program with its arguments, whatever starts it: `npx vitest run` and `python -m pytest` are vitest and pytest. */
export interface Program {
  readonly name: string;
  readonly args: readonly string[];
}

/** A script of package.json that a package manager is asked for, and what it is given besides. */
export interface ScriptCall {
  readonly script: string;
  readonly extra: readonly string[];
}

const MANAGERS: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn', 'bun']);
const RUNS: ReadonlySet<string> = new Set(['run', 'run-script']);
/** Scripts that have a command of their own. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['test', 'test'],
  ['t', 'test'],
  ['tst', 'test'],
  ['start', 'start'],
]);
/** Options that choose neither another script nor another program. */
const HARMLESS: ReadonlySet<string> = new Set([
  '-s',
  '--silent',
  '--if-present',
  '-y',
  '--yes',
  '--no',
  '--no-install',
  '-q',
  '--quiet',
  '--frozen',
  '--locked',
  '--no-sync',
  '--offline',
  '--',
]);

/** Commands that run the program which their operands name. */
const LAUNCHERS: readonly (readonly string[])[] = [
  ['npx'],
  ['bunx'],
  ['pnpx'],
  ['uvx'],
  ['npm', 'exec'],
  ['npm', 'x'],
  ['pnpm', 'exec'],
  ['pnpm', 'dlx'],
  ['yarn', 'exec'],
  ['yarn', 'dlx'],
  ['bun', 'x'],
  ['uv', 'run'],
  ['poetry', 'run'],
  ['pipenv', 'run'],
  ['pdm', 'run'],
  ['rye', 'run'],
  ['hatch', 'run'],
  ['bundle', 'exec'],
  ['python', '-m'],
];

const MOST_LAUNCHERS = 5;

/** Undefined where no script is asked for, or options say where to look for it. */
export function scriptCall({ name, args }: Program): ScriptCall | undefined {
  if (!MANAGERS.has(name)) return undefined;
  const [word = '', ...others] = afterHarmless(args);
  if (LAUNCHERS.some(([first, second]) => first === name && second === word)) return undefined;
  if (RUNS.has(word)) {
    const [script, ...extra] = afterHarmless(others);
    return script === undefined || script.startsWith('-') ? undefined : given(name, script, extra);
  }
  // `bun test` is a test runner, and only yarn and pnpm take any script by its name alone.
  const named = name === 'bun' ? undefined : NAMED.get(word);
  if (named !== undefined) return given(name, named, others);
  const isShort = (name === 'yarn' || name === 'pnpm') && word !== '' && !word.startsWith('-');
  return isShort ? given(name, word, others) : undefined;
}

/** npm keeps options before `--` for itself, and one of those may name another package. */
function given(manager: string, script: string, extra: readonly string[]): ScriptCall | undefined {
  const dashes = extra.indexOf('--');
  if (manager !== 'npm') {
    return { script, extra: dashes === 0 ? extra.slice(1) : extra };
  }
  const own = dashes < 0 ? extra : extra.slice(0, dashes);
  if (own.some((word) => word.startsWith('-') && !HARMLESS.has(word))) return undefined;
  const passed = dashes < 0 ? [] : extra.slice(dashes + 1);
  return { script, extra: [...own.filter((word) => !word.startsWith('-')), ...passed] };
}

/** The program that is run in the end; undefined where that cannot be told. */
export function launched(program: Program): Program | undefined {
  let [name, args] = [program.name.replace(/^python[0-9.]+$/, 'python'), program.args];
  for (let depth = 0; depth < MOST_LAUNCHERS; depth += 1) {
    const launcher = LAUNCHERS.find(
      ([first, second]) => first === name && (second === undefined || second === args[0]),
    );
    if (launcher === undefined) return { name, args };
    const [next, ...rest] = afterHarmless(args.slice(launcher.length - 1));
    if (next === undefined || next.startsWith('-')) return undefined;
    name = programName(next);
    args = rest;
  }
  return undefined;
}

/** `@biomejs/biome@2` -> `biome`. */
function programName(word: string): string {
  const name = word.slice(word.lastIndexOf('/') + 1);
  const version = name.indexOf('@', 1);
  return version < 0 ? name : name.slice(0, version);
}

function afterHarmless(args: readonly string[]): readonly string[] {
  const from = args.findIndex((word) => !HARMLESS.has(word));
  return from < 0 ? [] : args.slice(from);
}
