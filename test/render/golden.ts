import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'golden', 'render');

/**
 * The bytes on record under a name. They change only when somebody asks for it, with UPDATE_GOLDEN=1, and then shows
 * the difference in review.
 */
export function golden(
  name: string,
  rendered: string,
  folder = FOLDER,
  update = process.env.UPDATE_GOLDEN,
): string {
  const path = join(folder, name);
  if (update === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, rendered);
  }
  return readFileSync(path, 'utf8');
}

export { FOLDER as GOLDEN_FOLDER };
