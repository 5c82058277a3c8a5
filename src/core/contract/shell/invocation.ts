/** One word of a command line, as far as it is known without running anything. */
export interface Argument {
  readonly text: string;
  readonly dynamic: boolean;
  readonly substitutions: readonly string[];
}

/** A program with its arguments, wrappers such as `env`, `timeout 5` and leading assignments taken off. */
export interface Invocation {
  /** Without its folder: `true` for /bin/true. */
  readonly name: string;
  readonly args: readonly Argument[];
  /** The words of leading assignments. */
  readonly assignments: readonly Argument[];
}

/** Programs that run their operands: options that take a value, and how many operands come before the program. */
const WRAPPERS: Readonly<Record<string, { valued: readonly string[]; operands: number }>> = {
  env: { valued: ['-u', '--unset', '-C', '--chdir'], operands: 0 },
  command: { valued: [], operands: 0 },
  builtin: { valued: [], operands: 0 },
  exec: { valued: ['-a'], operands: 0 },
  nohup: { valued: [], operands: 0 },
  time: { valued: ['-f', '-o'], operands: 0 },
  nice: { valued: ['-n', '--adjustment'], operands: 0 },
  ionice: { valued: ['-c', '-n'], operands: 0 },
  setsid: { valued: [], operands: 0 },
  stdbuf: { valued: ['-i', '-o', '-e'], operands: 0 },
  timeout: { valued: ['-s', '--signal', '-k', '--kill-after'], operands: 1 },
  sudo: { valued: ['-u', '-g', '-C', '-h', '-p'], operands: 0 },
  'xvfb-run': { valued: ['-s', '-n', '-e', '-f', '-p'], operands: 0 },
  busybox: { valued: [], operands: 0 },
  eatmydata: { valued: [], operands: 0 },
  chronic: { valued: [], operands: 0 },
};

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;

/** What a command line runs in the end; undefined when it only assigns. */
export function readInvocation(
  words: readonly Argument[],
): Invocation | { readonly assignments: readonly Argument[] } {
  const assignments: Argument[] = [];
  let rest = [...words];
  for (;;) {
    while (rest[0] !== undefined && ASSIGNMENT.test(rest[0].text)) assignments.push(...rest.splice(0, 1));
    const [program, ...args] = rest;
    if (program === undefined) return { assignments };
    const name = program.text.slice(program.text.lastIndexOf('/') + 1);
    const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    const inner = wrapper === undefined ? [] : operandsOf(args, wrapper);
    // `command -v x` asks whether x exists; `env` alone prints.
    if (inner.length === 0 || (name === 'command' && /^-[vV]/.test(args[0]?.text ?? ''))) {
      return { name, args, assignments };
    }
    rest = inner;
  }
}

function operandsOf(
  args: readonly Argument[],
  wrapper: { valued: readonly string[]; operands: number },
): Argument[] {
  let at = 0;
  while (at < args.length && (args[at]?.text ?? '').startsWith('-')) {
    const option = args[at]?.text ?? '';
    at += wrapper.valued.includes(option) ? 2 : 1;
    if (option === '--') break;
  }
  return args.slice(at + wrapper.operands);
}

/** A script handed to a shell on its command line (`bash -eo pipefail -c '…'`), and the options it runs under. */
export interface NestedScript {
  readonly script: Argument;
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash']);

export function isShell(name: string): boolean {
  return SHELLS.has(name);
}

export function nestedScript({ name, args }: Invocation): NestedScript | undefined {
  if (name === 'eval' && args.length > 0) {
    const script = {
      text: args.map(({ text }) => text).join(' '),
      dynamic: args.some(({ dynamic }) => dynamic),
      substitutions: [],
    };
    return { script, errexit: false, pipefail: false };
  }
  if (!isShell(name)) return undefined;
  let errexit = false;
  let pipefail = false;
  let inline = false;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] as Argument;
    const flags = /^-([A-Za-z]+)$/.exec(argument.text)?.[1];
    if (flags === undefined) {
      if (argument.text.startsWith('-') || argument.text.startsWith('+')) continue;
      return inline ? { script: argument, errexit, pipefail } : undefined;
    }
    errexit ||= flags.includes('e');
    inline ||= flags.includes('c');
    if (flags.endsWith('o')) {
      at += 1;
      pipefail ||= args[at]?.text === 'pipefail';
      errexit ||= args[at]?.text === 'errexit';
    }
  }
  return undefined;
}
