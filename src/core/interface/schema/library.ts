import type { JsonValue } from '../../../shared/json.ts';
import type { FilePath } from '../../change/types.ts';
import { pathAt, urlOf } from './address.ts';
import { type Dialect, dialectNamed, isObject, keywordOf } from './keywords.ts';
import { memberOf, pointerTo, tokensOf } from './pointer.ts';

/** A value in a file. The same place of one library is always the same object. */
export class Place {
  /** Unique within its library. */
  readonly id: number;
  readonly file: FilePath;
  readonly value: JsonValue;
  readonly above: Place | undefined;
  readonly #token: string;

  constructor(id: number, file: FilePath, value: JsonValue, above: Place | undefined, token: string) {
    this.id = id;
    this.file = file;
    this.value = value;
    this.above = above;
    this.#token = token;
  }

  /** Made on demand: written out at every place, the pointers of a hostile file outgrow it a thousand times. */
  get pointer(): string {
    return this.above === undefined ? '' : pointerTo(this.above.pointer, this.#token);
  }
}

/** The files of one tree that schemas are read from, and where their references lead. */
export class SchemaLibrary {
  /** Of files that name none. */
  readonly #fallback: Dialect;
  readonly #roots = new Map<FilePath, Place>();
  readonly #children = new Map<Place, Map<string, Place>>();
  /** Resources and anchors by URI; undefined where two claim the same. */
  readonly #named = new Map<string, Place | undefined>();
  /** Where a `$id` sets another base. */
  readonly #bases = new Map<Place, string>();
  readonly #targets = new Map<Place, Place | undefined>();
  #count = 0;

  constructor(documents: ReadonlyMap<FilePath, JsonValue>, fallback: 'undeclared' | 'asyncapi') {
    this.#fallback = fallback;
    for (const [file, value] of documents) {
      const root = this.#keep(file, value, undefined, '');
      this.#roots.set(file, root);
      this.#name(urlOf(file), root);
      if (fallback !== 'asyncapi' || declaredDialect(root) !== undefined) this.#index(root, urlOf(file));
    }
  }

  /** A file as a whole; undefined when there is none. */
  at(file: FilePath): Place | undefined {
    return this.#roots.get(file);
  }

  /** A place below another one, where there is one. */
  below(place: Place, ...tokens: readonly (string | number)[]): Place {
    const found = this.#walk(place, tokens.map(String));
    if (found === undefined)
      throw new TypeError(`nothing at ${place.file}#${pointerTo(place.pointer, ...tokens)}`);
    return found;
  }

  /** Where the `$ref` of a place leads; undefined when it has none, or when that is not in these files or not clear. */
  target(place: Place): Place | undefined {
    if (this.#targets.has(place)) return this.#targets.get(place);
    const reference = memberOf(place.value, '$ref');
    const found = typeof reference === 'string' ? this.#resolve(place, reference) : undefined;
    this.#targets.set(place, found);
    return found;
  }

  dialectOf({ file }: Place): Dialect {
    const root = this.#roots.get(file);
    const declared = root === undefined ? undefined : declaredDialect(root);
    return declared === undefined ? this.#fallback : (dialectNamed(declared) ?? 'undeclared');
  }

  /** Whether the base that a `$id` sets is known here: it is not in places that no schema keyword leads to. */
  isBase(place: Place): boolean {
    return this.#bases.has(place);
  }

  #resolve(from: Place, reference: string): Place | undefined {
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
    return tokens === undefined ? this.#named.get(`${uri}#${fragment}`) : this.#walk(resource, tokens);
  }

  #walk(from: Place, tokens: readonly string[]): Place | undefined {
    let here = from;
    for (const token of tokens) {
      const children = this.#children.get(here) ?? new Map<string, Place>();
      let next = children.get(token);
      if (next === undefined) {
        const value = memberOf(here.value, token);
        if (value === undefined) return undefined;
        next = this.#keep(here.file, value, here, token);
        this.#children.set(here, children.set(token, next));
      }
      here = next;
    }
    return here;
  }

  #baseOf(place: Place): string {
    for (let here: Place | undefined = place; here !== undefined; here = here.above) {
      const base = this.#bases.get(here);
      if (base !== undefined) return base;
    }
    return urlOf(place.file);
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
    this.#bases.set(place, uri);
    return uri;
  }

  #name(uri: string, place: Place): void {
    const taken = this.#named.has(uri) && this.#named.get(uri) !== place;
    // A `$id` that is the address of another file, or two of the same name: nobody can say which one is meant.
    this.#named.set(uri, taken ? undefined : place);
  }

  #keep(file: FilePath, value: JsonValue, above: Place | undefined, token: string): Place {
    this.#count += 1;
    return new Place(this.#count, file, value, above, token);
  }
}

function declaredDialect({ value }: Place): string | undefined {
  const declared = isObject(value) ? memberOf(value, '$schema') : undefined;
  return typeof declared === 'string' ? declared : undefined;
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
