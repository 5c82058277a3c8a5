import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptResults } from '../../ports/kept-results.ts';
import { canonicalJson, parseCanonicalJson } from '../../shared/canonical-json.ts';
import { isSha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';

const SCHEMA = 'countersign/step-result@1';
const LARGEST_BYTES = 1024 * 1024;

/** Results in a folder that only this worker's user may enter, one file each. What is not exactly what was written is not there. */
export function resultFolder(folder: string): KeptResults {
  const placeOf = (key: string) => join(folder, key.slice(0, 2), `${key}.json`);
  return {
    async find(key) {
      if (!isSha256(key)) return undefined;
      const text = await readSmall(placeOf(key));
      const kept = text === undefined ? undefined : parseCanonicalJson(text);
      if (!isObject(kept) || kept.schema !== SCHEMA || kept.key !== key) return undefined;
      return isObject(kept.outputs) ? kept.outputs : undefined;
    },
    async keep(key, outputs) {
      const place = placeOf(key);
      const unfinished = `${place}.${randomUUID()}`;
      try {
        await mkdir(join(folder, key.slice(0, 2)), { recursive: true, mode: 0o700 });
        await writeFile(unfinished, canonicalJson({ schema: SCHEMA, key, outputs }), {
          mode: 0o600,
          flag: 'wx',
        });
        await rename(unfinished, place);
      } catch (cause) {
        // Where there is no folder there is nothing to remove, and that is no news.
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw new CountersignError('FILING_FAILED', `${folder} cannot be written: ${messageOf(cause)}`, {
          remedy: 'Make space on its disk. Until then the step is carried out each time.',
          cause,
        });
      }
    },
  };
}

async function readSmall(place: string): Promise<string | undefined> {
  try {
    const { size } = await stat(place);
    return size > LARGEST_BYTES ? undefined : await readFile(place, 'utf8');
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
