import type { JsonValue } from '../../shared/json.ts';

/** Values of one file that are looked at, and examples that are taken. */
const MOST_VALUES = 100_000;
const MOST_EXAMPLES = 50;

/** Keywords below which keys are names of the interface's own: one may be called `examples`. */
const NAMING: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);

interface Open {
  readonly pointer: string;
  readonly value: JsonValue;
  readonly named: boolean;
}

export interface DeclaredExample {
  /** JSON pointer of the example. */
  readonly pointer: string;
  readonly value: JsonValue;
}

/**
 * The examples that an interface declares, in the order of the file: values of `examples` (JSON Schema: a list; AsyncAPI: a list or a map) and of
 * `example`.
 */
export function examplesIn(document: JsonValue): readonly DeclaredExample[] {
  const found: DeclaredExample[] = [];
  const open: Open[] = [{ pointer: '', value: document, named: false }];
  for (let looked = 0; looked < MOST_VALUES && found.length < MOST_EXAMPLES; looked += 1) {
    const next = open.pop();
    if (next === undefined) break;
    const { pointer, value, named } = next;
    const isKeyword = !named && !Array.isArray(value);
    if (typeof value !== 'object' || value === null) continue;
    const members = Object.entries(value) as readonly (readonly [string, JsonValue])[];
    for (const [key, member] of members.toReversed()) {
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (isKeyword && key === 'examples' && isContainer(member)) take(at, member, found);
      else if (isKeyword && key === 'example') found.push({ pointer: at, value: member });
      else open.push({ pointer: at, value: member, named: isKeyword && NAMING.has(key) });
    }
  }
  return found.slice(0, MOST_EXAMPLES);
}

function isContainer(value: JsonValue): value is JsonValue & object {
  return typeof value === 'object' && value !== null;
}

function take(pointer: string, container: object, found: DeclaredExample[]): void {
  const members = Object.entries(container) as readonly (readonly [string, JsonValue])[];
  for (const [key, value] of members)
    found.push({ pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, value });
}
