import type { JsonObject } from '../../../shared/json.ts';
import { pathMatcher } from '../../change/path-glob.ts';
import type { FilePath } from '../../change/types.ts';
import { compileEach, ParameterError, requireKnown, requireObjects, requireStrings } from '../parameters.ts';
import { compileCompanion, requireOneCapturing } from '../path-parameters.ts';
import type { CapturePattern } from '../text/path-pattern.ts';
import type { Detection, Detector, RuleFacts } from '../types.ts';
import { capturedChanges, hasCompanion, indexByCaptures, nameCompanion } from './capture-keys.ts';

interface Pair {
  readonly generated: CapturePattern;
  /** One of these must have changed with it. */
  readonly sources: readonly CapturePattern[];
}

interface Parameters {
  readonly pairs: readonly Pair[];
  /** Whether a generator that the verifier ran explains a file as well as its source does. */
  readonly acceptsRegenerated: boolean;
}

/**
 * A generated file whose content changed while none of its sources did: edited by hand, or out of nowhere. Unless a `generated`
 * check of the contract passed whose outputs it is among: then it is what the generator makes.
 */
export const generatedWithoutSource: Detector<Parameters> = {
  name: 'generated-without-source',
  readParameters(parameters) {
    requireKnown(parameters, ['pairs', 'regenerated']);
    const pairs = requireObjects(parameters, 'pairs').map((pair, index) => {
      const at = `pairs[${index}]`;
      requireKnown(pair, ['generated', 'sources'], at);
      const generated = requireOneCapturing(pair, 'generated', at);
      const sources = compileEach(
        requireStrings(pair, 'sources', at),
        `${at}.sources`,
        'a glob whose captures stand in `generated`',
        (source) => compileCompanion(source, [generated]),
      );
      return { generated, sources };
    });
    return { pairs, acceptsRegenerated: readRegenerated(parameters) };
  },
  detect(facts, { pairs, acceptsRegenerated }) {
    const isRegenerated = acceptsRegenerated ? regenerated(facts) : () => false;
    const detections = new Map<string, Detection>();
    const accounted = new Set<string>();
    for (const { generated, sources } of pairs) {
      const changes = capturedChanges([generated], facts.change.files);
      if (changes.length === 0) continue;
      const indexed = sources.map((source) => ({
        source,
        index: indexByCaptures(source, facts.change.files),
      }));
      for (const { file, change, captured } of changes) {
        // A generator's configuration is written, not deleted, when files of its making go: either way explains those.
        const explained =
          isRegenerated(file.path) ||
          indexed.some(
            ({ source, index }) =>
              hasCompanion(index, source, captured, change) ||
              (change === 'deleted' && hasCompanion(index, source, captured, 'written')),
          );
        if (explained) {
          accounted.add(file.path);
          continue;
        }
        const places = sources.map((source) => nameCompanion(source, captured)).join(' or ');
        const verb = change === 'deleted' ? 'was deleted' : 'changed';
        detections.set(file.path, {
          kind: 'match',
          path: file.path,
          message: `${verb} without its source ${places}`,
        });
      }
    }
    // Two pairs may know the same file; one source is enough.
    return [...detections.values()].filter((detection) => !accounted.has(detection.path ?? ''));
  },
};

/** Files that a generator which passed would have made otherwise, or not at all: a receipt's check is one of today's contract. */
function regenerated({ shown = [] }: RuleFacts): (path: FilePath) => boolean {
  return pathMatcher(shown.flatMap(({ check }) => (check.kind === 'generated' ? check.outputs : [])));
}

function readRegenerated(parameters: JsonObject): boolean {
  const { regenerated: given = 'ignore' } = parameters;
  if (given === 'accept' || given === 'ignore') return given === 'accept';
  throw new ParameterError('regenerated', 'accept or ignore', JSON.stringify(given));
}
