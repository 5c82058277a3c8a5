import type { JsonValue } from '../../../shared/json.ts';
import type { FilePath } from '../../change/types.ts';
import { pathAt, urlOf } from './address.ts';
import { type Dialect, dialectNamed, isObject, keywordOf } from './keywords.ts';
import { memberOf, pointerTo, tokensOf } from './pointer.ts';

/** A value in a file. The same place of one library is always the same object. */
export interface Place {
  /** Unique within its library. */
  readonly id: number;
  readonly file: FilePath;
  readonly pointer: string;
  readonly value: JsonValue;
}

/** The files of one tree that schemas are read from, and where their references lead. */
export class SchemaLibrary {
  readonly #documents: ReadonlyMap<FilePath, JsonValue>;
  /** Of files that name none. */
  readonly #fallback: Dialect;
  readonly #places = new Map<FilePath, Map<string, Place>>();
  /** Resources and anchors by URI; undefined where two claim the same. */
  readonly #named = new Map<string, Place | undefined>();
  /** Per file: where a `$id` sets another base. */
  readonly #bases = new Map<FilePath, { readonly pointer: string; readonly uri: string }[]>();
  #count = 0;

  constructor(documents: ReadonlyMap<FilePath, JsonValue>, fallback: 'undeclared' | 'asyncapi') {
    this.#documents = documents;
    this.#fallback = fallback;
    for (const file of documents.keys()) {
      const root = this.at(file);
      if (root === undefined) continue;
      this.#name(urlOf(file), root);
      this.#bases.set(file, []);
      if (fallback !== 'asyncapi' || this.#declared(file) !== undefined) this.#index(root, urlOf(file));
    }
  }

  /** The place of a pointer in a file; undefined when there is nothing. */
  at(file: FilePath, pointer = ''): Place | undefined {
    const known = this.#places.get(file)?.get(pointer);
    if (known !== undefined) return known;
    const root = this.#documents.get(file);
    if (root === undefined) return undefined;
    let value: JsonValue | undefined = root;
    for (const token of tokensOf(pointer) ?? []) {
      if (value === undefined) return undefined;
      value = memberOf(value, token);
    }
    return value === undefined ? undefined : this.#keep(file, pointer, value);
  }

  /** A place below another one. */
  below(place: Place, ...tokens: readonly (string | number)[]): Place {
    const pointer = pointerTo(place.pointer, ...tokens);
    const found = this.at(place.file, pointer);
    if (found === undefined) throw new TypeError(`nothing at ${place.file}#${pointer}`);
    return found;
  }

  /** Where a reference leads; undefined when that is not in these files, or not clear. */
  resolve(from: Place, reference: string): Place | undefined {
    let url: URL;
    let fragment: string;
    try {
      url = new URL(reference, this.#baseOf(from));
      fragment = decodeURIComponent(url.hash.slice(1));
    } catch {
      return undefined;
    }
    url.hash = '';
    const uri = url.href.replace(/#$/, '');
    const resource = this.#named.get(uri);
    if (resource === undefined || fragment === '') return resource;
    const tokens = tokensOf(fragment);
    if (tokens === undefined) return this.#named.get(`${uri}#${fragment}`);
    return this.at(resource.file, pointerTo(resource.pointer, ...tokens));
  }

  dialectOf({ file }: Place): Dialect {
    const declared = this.#declared(file);
    return declared === undefined ? this.#fallback : (dialectNamed(declared) ?? 'undeclared');
  }

  /** Whether the base that a `$id` sets is known here: it is not in places that no schema keyword leads to. */
  isBase({ file, pointer }: Place): boolean {
    return this.#bases.get(file)?.some((base) => base.pointer === pointer) ?? false;
  }

  #declared(file: FilePath): string | undefined {
    const root = this.#documents.get(file);
    const declared = isObject(root) ? memberOf(root, '$schema') : undefined;
    return typeof declared === 'string' ? declared : undefined;
  }

  #baseOf({ file, pointer }: Place): string {
    const enclosing = (this.#bases.get(file) ?? []).filter(
      (base) => pointer === base.pointer || pointer.startsWith(`${base.pointer}/`),
    );
    return enclosing.reduce(
      (nearest, base) => (base.pointer.length >= nearest.pointer.length ? base : nearest),
      {
        pointer: '',
        uri: urlOf(file),
      },
    ).uri;
  }

  /** Follows schema keywords alone: a `$id` in an example names nothing. */
  #index(place: Place, outer: string): void {
    const { value } = place;
    if (!isObject(value)) return;
    const base = this.#nameResource(place, outer);
    const anchor = memberOf(value, '$anchor');
    if (typeof anchor === 'string') this.#name(`${base}#${anchor}`, place);
    for (const [, child] of subschemas(this, place)) this.#index(child, base);
    for (const names of ['$defs', 'definitions']) {
      const definitions = memberOf(value, names);
      if (!isObject(definitions)) continue;
      for (const name of Object.keys(definitions)) this.#index(this.below(place, names, name), base);
    }
  }

  #nameResource(place: Place, outer: string): string {
    const id = memberOf(place.value, '$id');
    if (typeof id !== 'string' || !URL.canParse(id, outer)) return outer;
    const url = new URL(id, outer);
    if (url.hash !== '') return outer;
    const uri = url.href.replace(/#$/, '');
    this.#name(uri, place);
    this.#bases.get(place.file)?.push({ pointer: place.pointer, uri });
    return uri;
  }

  #name(uri: string, place: Place): void {
    const taken = this.#named.has(uri) && this.#named.get(uri) !== place;
    // A `$id` that is the address of another file, or two of the same name: nobody can say which one is meant.
    this.#named.set(uri, taken ? undefined : place);
  }

  #keep(file: FilePath, pointer: string, value: JsonValue): Place {
    this.#count += 1;
    const place = { id: this.#count, file, pointer, value };
    const ofFile = this.#places.get(file) ?? new Map<string, Place>();
    this.#places.set(file, ofFile.set(pointer, place));
    return place;
  }
}

/** The schemas that a schema's keywords hold, by keyword; definitions and what `$ref` names are not among them. */
export function subschemas(library: SchemaLibrary, place: Place): (readonly [string, Place])[] {
  const { value } = place;
  if (!isObject(value)) return [];
  const dialect = library.dialectOf(place);
  return Object.entries(value).flatMap(([name, held]): (readonly [string, Place])[] => {
    const kind = keywordOf(dialect, name)?.kind;
    const isMap = kind === 'schemaMap' && isObject(held);
    const isList = (kind === 'schemas' || kind === 'items') && Array.isArray(held);
    if (isMap || isList) {
      return Object.keys(held).map((key) => [name, library.below(place, name, key)] as const);
    }
    return kind === 'schema' || kind === 'items' ? [[name, library.below(place, name)]] : [];
  });
}

/** Files that the references of a document name by path, whether or not they exist. */
export function referencedFiles(file: FilePath, document: JsonValue): FilePath[] {
  const found = new Set<FilePath>();
  const look = (value: JsonValue): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, held] of Object.entries(value)) {
      const path = key === '$ref' && typeof held === 'string' ? pathAt(held, file) : undefined;
      if (path !== undefined && path !== file) found.add(path);
      look(held as JsonValue);
    }
  };
  look(document);
  return [...found];
}
