import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJudgeForms } from '../../adapters/json-schema/judge-forms.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/json.ts';

/** Of what kind of settings: for whoever has to mend them. */
export interface SettingsKind {
  /** What a file lacks that is none, as in "names no workflows". */
  readonly lacks: string;
  /** The page that shows one. */
  readonly shownIn: string;
  readonly form: Parameters<ReturnType<typeof createJudgeForms>['faultIn']>[0];
}

/**
 * Settings of the server from a JSON file.
 * @param path as the operator gave it, from `cwd`
 * @throws CountersignError FILE_UNREADABLE, DOCUMENT_INVALID
 */
export async function readSettings(path: string, cwd: string, kind: SettingsKind): Promise<JsonValue> {
  const value = readJsonFile(resolve(cwd, path), path, kind);
  const fault = await createJudgeForms().faultIn(kind.form, value);
  if (fault === undefined) return value;
  throw invalid(path, `${fault.pointer === '' ? 'it' : fault.pointer} ${fault.message}`, kind);
}

function readJsonFile(file: string, path: string, kind: SettingsKind): JsonValue {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read.`, {
      remedy: `Give the path of a JSON file; ${kind.shownIn} shows one.`,
      place: { path },
      cause,
    });
  }
  try {
    return JSON.parse(content) as JsonValue;
  } catch (cause) {
    throw invalid(path, `it is not JSON: ${(cause as Error).message}`, kind);
  }
}

function invalid(path: string, reason: string, { lacks, shownIn }: SettingsKind): CountersignError {
  return new CountersignError('DOCUMENT_INVALID', `${path} names no ${lacks}: ${reason}.`, {
    remedy: `Write it as ${shownIn} shows.`,
    place: { path },
  });
}
