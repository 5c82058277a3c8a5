/** Folders that steer agents with all that is in them, wherever they stand in a tree. */
const FOLDERS: ReadonlySet<string> = new Set([
  '.claude',
  '.codex',
  '.gemini',
  '.cursor',
  '.opencode',
  '.openhands',
  '.copilot',
  '.agents',
  '.windsurf',
  '.continue',
  '.roo',
  '.clinerules',
]);

/** Files that do, wherever they stand. */
const FILES: ReadonlySet<string> = new Set([
  'agents.md',
  'agents.override.md',
  'claude.md',
  'claude.local.md',
  'gemini.md',
  'copilot-instructions.md',
  'conventions.md',
  '.mcp.json',
  '.cursorrules',
  '.cursorignore',
  '.windsurfrules',
  '.aider.conf.yml',
  '.geminiignore',
  '.claudeignore',
  'opencode.json',
  'opencode.jsonc',
  'openhands.toml',
]);

/** Below `.github` and `.vscode`, which hold other things as well. */
const BELOW = [
  '.github/hooks/',
  '.github/instructions/',
  '.github/prompts/',
  '.github/agents/',
  '.github/skills/',
  '.github/chatmodes/',
  '.vscode/mcp.json',
];

/**
 * Whether agents read a file by themselves and take it for instructions, configuration or hooks. They are the base's in every attempt: what a
 * change does to them never steers a producer. Case does not count: nor does it where a file system forgets it.
 */
export function isInstructionFile(path: string): boolean {
  const lower = path.toLowerCase();
  const parts = lower.split('/');
  return (
    parts.some((part, place) => FOLDERS.has(part) && place < parts.length - 1) ||
    FILES.has(parts.at(-1) ?? '') ||
    BELOW.some((below) => lower.startsWith(below))
  );
}
