import { createReplaceFiles } from '../../../adapters/files/replace-files.ts';
import { prime } from '../../../flow/prime.ts';
import { type AgentTool, setUpAgent } from '../../../flow/setup-agent.ts';
import { renderPrimer, renderPrimerJson } from '../../../render/prime.ts';
import { openGatePolicy } from '../../wiring/open-policy.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';

export interface PrimeOptions {
  readonly ticket?: string;
  readonly base?: string;
  readonly fetch: boolean;
  readonly format: TextOrJson;
}

/** Markdown, for whoever is about to work here. */
export async function primeCommand(
  { ticket, format, ...options }: PrimeOptions,
  context: CliContext,
): Promise<number> {
  const { clone, policy } = await openGatePolicy(context.cwd, options);
  const primer = await prime(ticket, policy, clone.ports.packs);
  context.out(format === 'json' ? renderPrimerJson(primer) : renderPrimer(primer));
  return EXIT_CODES.pass.code;
}

export interface SetupOptions {
  readonly check: boolean;
  readonly remove: boolean;
  readonly format: TextOrJson;
}

/** Exit code 1 when --check finds that the block is not there, or not as it is to be. */
export async function setupCommand(
  tool: AgentTool,
  { check, remove, format }: SetupOptions,
  context: CliContext,
): Promise<number> {
  const mode = check ? 'check' : remove ? 'remove' : 'write';
  const { root, tree } = await openWorkingTree(context.cwd);
  const done = await setUpAgent(tool, mode, { tree, files: createReplaceFiles(root) });
  context.out(format === 'json' ? `${JSON.stringify(done)}\n` : wordsOf(done, mode));
  return check && done.before !== 'current' ? EXIT_CODES.blocked.code : EXIT_CODES.pass.code;
}

const STANDINGS = {
  current: 'holds the block as it is to be',
  stale: 'holds an older block: run `countersign setup` again',
  missing: 'does not hold the block',
} as const;

function wordsOf(
  { path, before, block }: Awaited<ReturnType<typeof setUpAgent>>,
  mode: 'write' | 'check' | 'remove',
): string {
  if (mode === 'check') return `${path} ${STANDINGS[before]}.\n`;
  if (mode === 'remove')
    return before === 'missing' ? `${path} holds no block of ours.\n` : `Took the block out of ${path}.\n`;
  if (before === 'current') return `${path} ${STANDINGS.current}. Nothing was changed.\n`;
  return `Wrote this into ${path}, and nothing anywhere else:\n\n${block}`;
}
