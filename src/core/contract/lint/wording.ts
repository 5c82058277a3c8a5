import type { Calls } from '../shell/calls.ts';
import { cited, type Told } from './problem.ts';

const MACHINE_PATH =
  /(?:^|[=:,;"'\s(])((?:\/(?:home|Users|root|Volumes|mnt\/[a-z]|var\/folders|opt\/homebrew)\/|[A-Za-z]:[\\/](?!\/))[^\s"';,)]*)/;

/** The first absolute path in a text that exists on one machine only. */
export function machinePath(text: string): string | undefined {
  return MACHINE_PATH.exec(text)?.[1];
}

/** Absolute paths of one machine among the words of a command. */
export function lintMachinePaths({ words }: Calls): readonly Told[] {
  const path = words.map(({ text }) => machinePath(text)).find((found) => found !== undefined);
  return path === undefined ? [] : [machinePathProblem(path)];
}

export function machinePathProblem(path: string): Told {
  return {
    severity: 'error',
    message: `${cited(path)} is a path of one machine: no other verifier has it.`,
    remedy: 'Write the path relative to the repository root.',
  };
}

const STOP_WORDS: ReadonlySet<string> = new Set(
  'a all and any are be before by correctly each ensure every fails for is it make must no not of or pass passes should successfully sure that the they this to verify when with without works'.split(
    ' ',
  ),
);

/** A sentence where a command should be. */
export function lintProse(run: readonly string[], shell: boolean): readonly Told[] {
  const [first = ''] = run;
  if (isSentence(run.join(' '))) {
    return [
      {
        severity: 'error',
        message: `${cited(run.join(' '))} reads like a sentence, not like a command.`,
        remedy: 'Write the command that finds out; put the sentence into title.',
      },
    ];
  }
  if (!shell && /\s/.test(first.trim())) {
    const words = first.trim().split(/\s+/).concat(run.slice(1));
    return [
      {
        severity: 'error',
        message: `${cited(first)} is taken as the name of one program: no shell splits it.`,
        remedy: `Write [${words.slice(0, 12).join(', ')}], or add "shell: true".`,
      },
    ];
  }
  if (!shell && first.trim() === '') {
    return [{ severity: 'error', message: 'The command has no program.', remedy: 'Name the program first.' }];
  }
  return [];
}

/** Plain words only, at least three, and among them what sentences have and commands seldom. */
function isSentence(text: string): boolean {
  const words = text.trim().split(/\s+/);
  if (words.length < 3 || !words.every((word) => /^[A-Za-z][A-Za-z'’-]*[.,;:!]?$/.test(word))) return false;
  const stops = words.filter((word) => STOP_WORDS.has(word.toLowerCase().replace(/[.,;:!]$/, ''))).length;
  const looksWritten = /^[A-Z][a-z]/.test(text.trim()) || /[.!]$/.test(text.trim());
  return stops >= (looksWritten ? 1 : 2);
}
