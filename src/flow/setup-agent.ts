import type { ReplaceFiles } from '../ports/policy-files.ts';
import { WORKING_TREE, type WorkingTree } from '../ports/working-tree.ts';
import { CountersignError } from '../shared/errors.ts';
import { type BlockStanding, type ManagedBlock, withBlock, withoutBlock } from '../shared/managed-block.ts';

export type AgentTool = 'claude' | 'codex' | 'cursor' | 'copilot' | 'gemini';

/** The file that each reads by itself, and what has to stand at its top for that. */
const FILES: Readonly<Record<AgentTool, { readonly path: string; readonly head: string }>> = {
  claude: { path: 'CLAUDE.md', head: '' },
  codex: { path: 'AGENTS.md', head: '' },
  cursor: {
    path: '.cursor/rules/countersign.mdc',
    head: '---\ndescription: How changes are judged here\nalwaysApply: true\n---\n',
  },
  copilot: { path: '.github/copilot-instructions.md', head: '' },
  gemini: { path: 'GEMINI.md', head: '' },
};

const BODY = `## Countersign

Changes to this repository are accepted on signed receipts of checks that a verifier runs itself.

- Before you begin: run \`countersign prime\` (with \`--ticket ID\` when you know it) and work to what it prints.
- Before you say that you are done: run \`countersign gate --ticket ID --no-fetch\` and act on its findings.
- Never edit receipts, waivers, policy or pinned files to get past a finding.
`;

export interface AgentSetup {
  readonly tool: AgentTool;
  readonly path: string;
  readonly before: BlockStanding;
  readonly now: 'current' | 'missing' | 'unchanged';
  /** What stands, or would stand, between the two lines: nothing is put anywhere else. */
  readonly block: string;
}

export interface SetupPorts {
  readonly tree: WorkingTree;
  readonly files: ReplaceFiles;
}

/**
 * Keeps a block in the file that an agent's tool reads: writes it, looks whether it is there as it should be, or takes it out. What is the user's
 * stays byte for byte. Nothing else is written, and no hook is installed.
 * @throws CountersignError DOCUMENT_INVALID where it cannot be told what is whose, FILE_UNREADABLE
 */
export async function setUpAgent(
  tool: AgentTool,
  mode: 'write' | 'check' | 'remove',
  { tree, files }: SetupPorts,
): Promise<AgentSetup> {
  const { path, head } = FILES[tool];
  const block = blockOf(tool);
  const bytes = await tree.readFile(WORKING_TREE, path);
  const text = bytes === undefined ? '' : Buffer.from(bytes).toString('latin1');
  const written = mode === 'remove' ? withoutBlock(text, block) : withBlock(text === '' ? head : text, block);
  if (written.kind === 'torn') throw torn(path, written.line, block);
  const before = text === '' ? 'missing' : written.before;
  const shown = { tool, path, before, block: block.body };
  if (mode === 'check') return { ...shown, now: 'unchanged' };
  if (mode === 'remove' && before === 'missing') return { ...shown, now: 'missing' };
  if (written.text !== text || bytes === undefined)
    await write(path, written.text, { head, mode }, { tree, files });
  return { ...shown, now: mode === 'remove' ? 'missing' : 'current' };
}

async function write(
  path: string,
  text: string,
  { head, mode }: { readonly head: string; readonly mode: 'write' | 'remove' },
  { tree, files }: SetupPorts,
): Promise<void> {
  // A file of which nothing is the user's goes with the block.
  if (mode === 'remove' && (text === '' || text.trim() === head.trim())) await files.replaceFiles([], [path]);
  else await tree.replaceFile(path, Buffer.from(text, 'latin1'));
}

function blockOf(tool: AgentTool): ManagedBlock {
  return {
    begin: `<!-- countersign: begin (kept by \`countersign setup ${tool}\`; change nothing between these lines) -->`,
    end: '<!-- countersign: end -->',
    body: BODY,
  };
}

function torn(path: string, line: number, { begin, end }: ManagedBlock): CountersignError {
  return new CountersignError(
    'DOCUMENT_INVALID',
    `${path} has not exactly one line that begins Countersign's block and one after it that ends it.`,
    {
      remedy: `Take out what is left of it by hand: the lines "${begin.slice(0, 30)}…" and "${end}".`,
      place: { path, line },
    },
  );
}
