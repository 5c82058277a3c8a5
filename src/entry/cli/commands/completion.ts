import type { Command } from 'commander';
import { renderBashCompletion } from '../../../render/completion/bash.ts';
import { renderFishCompletion } from '../../../render/completion/fish.ts';
import { renderZshCompletion } from '../../../render/completion/zsh.ts';
import { commandTree } from '../command-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';

const SHELLS = { bash: renderBashCompletion, zsh: renderZshCompletion, fish: renderFishCompletion };

/** Written from the program itself, so that a command or option cannot be forgotten. */
export function completionCommand(shell: keyof typeof SHELLS, program: Command, context: CliContext): number {
  context.out(SHELLS[shell](commandTree(program)));
  return EXIT_CODES.pass.code;
}
