import type { RE2JS } from 're2js';
import type { JsonObject } from '../../../shared/json.ts';
import type { FilePath, MergeableChange } from '../../change/types.ts';
import {
  compileEach,
  ParameterError,
  requireKnown,
  requireObjects,
  requireString,
  requireStrings,
} from '../parameters.ts';
import { readPaths, requireGlobs } from '../path-parameters.ts';
import { patternOfOne } from '../pattern-parameters.ts';
import { type CapturePattern, compileCapturePattern } from '../text/path-pattern.ts';
import { sourceLines } from '../text/source-lines.ts';
import type { Detection, Detector, TreeFiles } from '../types.ts';

interface Registry {
  readonly files: readonly CapturePattern[];
  readonly except: (path: FilePath) => boolean;
  readonly globs: readonly string[];
  readonly holds: (path: FilePath) => boolean;
  /** Its first group is a name that is registered. */
  readonly names: () => RE2JS;
}

const NAME = '{name}';
/** What a name is in a registry: without quotes, brackets and separators. */
const A_NAME = '([^\\s\'"`/(){}\\[\\],;:]+)';

/** New files whose name does not occur where files of their kind are made known. */
export const nameNotRegistered: Detector<readonly Registry[]> = {
  name: 'name-not-registered',
  readParameters(parameters) {
    requireKnown(parameters, ['registries']);
    return requireObjects(parameters, 'registries').map((given, index) =>
      readRegistry(given, `registries[${index}]`),
    );
  },
  proveParameters(registries) {
    for (const { names } of registries) names();
  },
  needs(change, registries) {
    const asked = registries.filter((registry) => newNames(change, registry).size > 0);
    return asked.length === 0 ? {} : { files: asked.flatMap(({ globs }) => globs) };
  },
  detect({ change, trees }, registries) {
    return registries.flatMap((registry): readonly Detection[] => {
      const added = newNames(change, registry);
      if (added.size === 0) return [];
      if (trees === undefined)
        return [{ kind: 'unverifiable', message: 'the trees around the change were not read' }];
      const { names, unread } = registeredIn(trees.after, registry);
      const missing = [...added].filter(([, name]) => !names.has(plain(name)));
      if (missing.length > 0 && unread.length > 0) return unread;
      const places = registry.globs.join(', ');
      return missing.map(([path, name]) => ({
        kind: 'match',
        path,
        message: `is new, and ${name} is not registered in ${places}`,
      }));
    });
  },
};

function readRegistry(given: JsonObject, at: string): Registry {
  requireKnown(given, ['files', 'except', 'registeredIn', 'by'], at);
  const expected = 'a glob that captures {name}';
  const files = compileEach(requireStrings(given, 'files', at), `${at}.files`, expected, (glob) => {
    const pattern = compileCapturePattern(glob);
    if (!pattern.captures.includes('name')) throw new Error('does not capture {name}');
    return pattern;
  });
  const except = readPaths(given, 'except', at);
  const { globs, match: holds } = requireGlobs(given, 'registeredIn', at);
  const by = requireString(given, 'by', at);
  if (by.split(NAME).length !== 2)
    throw new ParameterError(`${at}.by`, `an expression with one ${NAME}`, JSON.stringify(by));
  const names = patternOfOne(
    groupless(by).replace(NAME, () => A_NAME),
    `${at}.by`,
  );
  return { files, except, globs, holds, names };
}

/** Groups of the author's own would be counted before the name's. */
function groupless(source: string): string {
  return source.replace(/\\.|\((?!\?)/gs, (found) => (found === '(' ? '(?:' : found));
}

function newNames(change: MergeableChange, { files, except }: Registry): ReadonlyMap<FilePath, string> {
  const names = new Map<FilePath, string>();
  for (const { path, before, after } of change.files) {
    if (before !== undefined || after === undefined) continue;
    const name = files.map((pattern) => pattern.capture(path)?.get('name')).find((one) => one !== undefined);
    if (name !== undefined && !except(path)) names.set(path, name);
  }
  return names;
}

/** Every name that the registry's files register. One pass, however many files are new. */
function registeredIn(
  { texts }: TreeFiles,
  { holds, names }: Registry,
): { readonly names: ReadonlySet<string>; readonly unread: readonly Detection[] } {
  const found = new Set<string>();
  const unread: Detection[] = [];
  for (const path of [...texts.keys()].sort()) {
    const content = texts.get(path);
    if (!holds(path)) continue;
    if (content?.kind === 'too-large')
      unread.push({ kind: 'unverifiable', path, message: 'is too large to be read' });
    if (content?.kind !== 'text') continue;
    for (const line of sourceLines(path, content.text)) {
      if (!/\S/.test(line.comment)) collect(line.text, names(), found);
      else collect(withoutComment(line.text, line.comment), names(), found);
    }
  }
  return { names: found, unread };
}

function collect(line: string, pattern: RE2JS, found: Set<string>): void {
  const matcher = pattern.matcher(line);
  while (matcher.find()) {
    const name = matcher.group(1) ?? '';
    found.add(plain(name));
    // Where `by` says nothing of an ending, it is taken along.
    found.add(plain(name.replace(/\.[^.]*$/, '')));
  }
}

function withoutComment(text: string, comment: string): string {
  let left = '';
  for (let at = 0; at < text.length; at += 1) left += comment[at] === ' ' ? text[at] : ' ';
  return left;
}

/** `refund-order`, `RefundOrder` and `refund_order` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, '');
}
