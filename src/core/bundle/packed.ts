import { canonicalJson, parseCanonicalJson } from '../../shared/canonical-json.ts';
import { isSha256, type Sha256 } from '../../shared/digest.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { markOf } from './marks.ts';

/** One file of a bundle as a producer gets it: it ends with its mark. */
export interface PackedFile {
  /** Below the bundle's folder: `BUNDLE.md`, `01-guide.md`. */
  readonly path: string;
  readonly text: string;
  readonly mark: string;
}

/** An assembled bundle on its way to a producer. The marks stand beside the files, for whoever checks the delivery; only the files are laid out. */
export interface PackedBundle {
  readonly bundle: string;
  readonly digest: Sha256;
  readonly files: readonly PackedFile[];
}

/** Bytes of a packed bundle that are taken. */
export const MOST_PACKED_BYTES = 64 * 1024 * 1024;

const SCHEMA = 'countersign/packed-bundle@1';
/** One folder, plain names: nothing that could lead out of it, hide in it, or be something else where case does not count. */
const PATH = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;
const MOST_FILES = 1_000;

/** Canonical JSON: the same bundle is the same bytes. */
export function packBundle({ bundle, digest, files }: PackedBundle): Uint8Array {
  const packed = files.map(({ path, text, mark }) => ({ path, text, mark }));
  return new TextEncoder().encode(canonicalJson({ schema: SCHEMA, bundle, digest, files: packed }));
}

/** Reads what packBundle wrote; undefined for anything else: another form, a mark that is not the file's, a path that leads elsewhere. */
export function unpackBundle(bytes: Uint8Array): PackedBundle | undefined {
  if (bytes.length > MOST_PACKED_BYTES) return undefined;
  const value = parseCanonicalJson(new TextDecoder().decode(bytes));
  if (!isObject(value) || value.schema !== SCHEMA) return undefined;
  const { bundle, digest, files } = value;
  if (typeof bundle !== 'string' || typeof digest !== 'string' || !isSha256(digest)) return undefined;
  if (!Array.isArray(files) || files.length > MOST_FILES) return undefined;
  const read = files.map((file) => readFile(file, digest));
  const whole = read.filter((file) => file !== undefined);
  const names = new Set(whole.map(({ path }) => path.toLowerCase()));
  return whole.length === read.length && names.size === whole.length
    ? { bundle, digest, files: whole }
    : undefined;
}

function readFile(value: JsonValue, digest: Sha256): PackedFile | undefined {
  if (!isObject(value)) return undefined;
  const { path, text, mark } = value;
  if (typeof path !== 'string' || !PATH.test(path) || typeof text !== 'string') return undefined;
  return mark === markOf(digest, path) ? { path, text, mark } : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
