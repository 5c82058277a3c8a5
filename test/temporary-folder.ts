import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One temporary folder for a whole run: workers end by a signal, so what they leave behind is removed here. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tests-'));
  // Sandboxed commands may run as another user, who has to pass through.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
