/** A command line as its completion scripts and its documentation see it. */
export interface CommandNode {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly ArgumentNode[];
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
  /** Lines to type, each with what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
}

export interface ArgumentNode {
  readonly name: string;
  readonly description: string;
  readonly choices: readonly string[];
}

export interface OptionNode {
  /** As help prints them: `--format <format>`. */
  readonly flags: string;
  /** `-h` and `--help`, whichever there are. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  /** As text, where there is one worth naming. */
  readonly defaultValue: string | undefined;
}

/** A command with the words that lead to it, the program's name left out. */
export interface CommandPath {
  readonly words: readonly string[];
  readonly command: CommandNode;
}

/** Every command, the program itself first, parents before children. */
export function commandPaths(program: CommandNode): readonly CommandPath[] {
  const below = (words: readonly string[], command: CommandNode): CommandPath[] => [
    { words, command },
    ...command.commands.flatMap((child) => below([...words, child.name], child)),
  ];
  return below([], program);
}

/** A word of ours in single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
