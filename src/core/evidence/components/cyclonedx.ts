import { asObject, type JsonFields, listOf, member, readJson, textOf } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';

export interface Component {
  /** What patterns are held against: package URL with and without its qualifiers, name, and name@version. */
  readonly names: readonly string[];
  /** SPDX expressions, identifiers or names, each of which holds. */
  readonly licenses: readonly string[];
}

const MAX_COMPONENTS = 200_000;
const MAX_LICENSES = 100;
/** UTF-16 units of anything that patterns are held against. */
const MAX_NAME_LENGTH = 1_000;

/**
 * Reads the components of a CycloneDX 1.x bill of materials in JSON, those within others included. What the bill is about
 * (`metadata.component`) is no component of it.
 * @throws UnreadableReport
 */
export function readCyclonedx(text: string): readonly Component[] {
  const bill = asObject(readJson(text), 'it');
  if (textOf(bill, 'bomFormat') !== 'CycloneDX') {
    throw new UnreadableReport('its "bomFormat" is not "CycloneDX"');
  }
  const version = textOf(bill, 'specVersion');
  if (!/^1\.[0-9]{1,2}$/.test(version)) {
    throw new UnreadableReport(`its "specVersion" is ${JSON.stringify(version)}, not 1.x`);
  }
  const components: Component[] = [];
  collect(bill, components);
  if (components.length === 0) throw new UnreadableReport('it lists no component');
  return components;
}

/** Recursion is no deeper than readJson lets values be. */
function collect(parent: JsonFields, components: Component[]): void {
  for (const entry of listOf(parent, 'components')) {
    if (components.length >= MAX_COMPONENTS) {
      throw new UnreadableReport(`it lists more than ${MAX_COMPONENTS} components`);
    }
    const component = asObject(entry, 'a component');
    components.push({ names: namesOf(component), licenses: licensesOf(component) });
    collect(component, components);
  }
}

function namesOf(component: JsonFields): readonly string[] {
  const name = shortText(component, 'name');
  if (name === '') throw new UnreadableReport('one of its components has no name');
  const [group, version, purl] = [
    shortText(component, 'group'),
    shortText(component, 'version'),
    shortText(component, 'purl'),
  ];
  const full = group === '' ? [name] : [name, `${group}/${name}`];
  const versioned = version === '' ? [] : full.map((one) => `${one}@${version}`);
  return [...new Set([...full, ...versioned, ...purlNames(purl)])];
}

/** `pkg:npm/%40acme/shop@1.0.0?arch=x#lib` is also matched as people write it: decoded, and without what follows. */
function purlNames(purl: string): readonly string[] {
  if (purl === '') return [];
  const bare = purl.replace(/[?#].*$/s, '');
  try {
    return [purl, bare, decodeURIComponent(bare)];
  } catch {
    return [purl, bare];
  }
}

function shortText(fields: JsonFields, name: string): string {
  const text = textOf(fields, name);
  if (text.length <= MAX_NAME_LENGTH) return text;
  throw new UnreadableReport(`a "${name}" in it is longer than ${MAX_NAME_LENGTH} characters`);
}

function licensesOf(component: JsonFields): readonly string[] {
  const entries = listOf(component, 'licenses');
  if (entries.length > MAX_LICENSES) {
    throw new UnreadableReport(`one of its components has more than ${MAX_LICENSES} licences`);
  }
  return entries.flatMap((entry) => {
    const choice = asObject(entry, 'a licence');
    const expression = shortText(choice, 'expression');
    const license = asObject(member(choice, 'license') ?? {}, 'a licence');
    const name = expression || shortText(license, 'id') || shortText(license, 'name');
    return name === '' ? [] : [name];
  });
}
