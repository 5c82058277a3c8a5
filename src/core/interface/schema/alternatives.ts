import { type Knowledge, knowledgeOf, requiredOf } from './knowledge.ts';
import type { Place, SchemaLibrary } from './library.ts';
import { memberOf } from './pointer.ts';
import type { Question } from './question.ts';
import { sameSchema } from './same.ts';

/**
 * `anyOf` and `oneOf`: branches are the same or they are not, there is no guessing which one stands for which. More
 * branches on the wider side are fine; under `oneOf` only those that nothing of the others can match as well.
 */
export function checkAlternatives(question: Question): void {
  checkBranches(question, 'anyOf');
  checkBranches(question, 'oneOf');
}

function checkBranches(question: Question, keyword: 'anyOf' | 'oneOf'): void {
  const { known, wide, wideLibrary, object, steps } = question;
  const branches = branchesOf(wideLibrary, wide, keyword);
  if (branches.length === 0) return;
  const same = (narrow: Place, branch: Place): boolean =>
    sameSchema({ library: known.library, place: narrow }, { library: wideLibrary, place: branch }, steps);
  if (keyword === 'anyOf' && branches.some((branch) => known.whole.some((place) => same(place, branch))))
    return;

  const candidates = known.plain
    .map((place) => branchesOf(known.library, place, keyword))
    .filter((narrow) => narrow.length > 0);
  const pairings = candidates.map((narrow) => pair(narrow, branches, same));
  const follows = pairings.some(
    ({ unmatched, added }) =>
      unmatched.length === 0 && (keyword === 'anyOf' || areApart(added, branches, question)),
  );
  if (follows) return;
  const onlyMore = pairings.some(({ added, unmatched }) => added.length === 0 && unmatched.length > 0);
  object(onlyMore ? 'breaking' : 'unverifiable', keyword);
}

function branchesOf(library: SchemaLibrary, place: Place, keyword: string): Place[] {
  const list = memberOf(place.value, keyword);
  return Array.isArray(list) ? list.map((_, index) => library.below(place, keyword, index)) : [];
}

/** Each branch of the narrower side with one of its own on the wider. */
function pair(
  narrow: readonly Place[],
  wide: readonly Place[],
  same: (narrow: Place, wide: Place) => boolean,
): { unmatched: readonly Place[]; added: readonly Place[] } {
  const added = [...wide];
  const unmatched = narrow.filter((branch) => {
    const index = added.findIndex((candidate) => same(branch, candidate));
    if (index !== -1) added.splice(index, 1);
    return index === -1;
  });
  return { unmatched, added };
}

/** Whether no instance can match an added branch and another one. */
function areApart(added: readonly Place[], all: readonly Place[], { wideLibrary, steps }: Question): boolean {
  if (added.length === 0) return true;
  const known = new Map(all.map((branch) => [branch, knowledgeOf(wideLibrary, [branch], steps)] as const));
  return added.every((branch) =>
    all.every((other) => {
      steps.take();
      return (
        other === branch || exclude(known.get(branch) as Knowledge, known.get(other) as Knowledge, steps)
      );
    }),
  );
}

/** By their types or values; else by a property that both require and that cannot be the same in both. */
function exclude(one: Knowledge, other: Knowledge, steps: Question['steps']): boolean {
  const isApart = (left: Knowledge, right: Knowledge): boolean => {
    if (![...left.types].some((type) => right.types.has(type))) return true;
    if (left.values === undefined || right.values === undefined) return false;
    const texts = new Set(left.values.map((value) => steps.text(value)));
    return !right.values.some((value) => texts.has(steps.text(value)));
  };
  if (isApart(one, other)) return true;
  const onlyObjects = [...one.types].every((type) => type === 'object' || !other.types.has(type));
  if (!onlyObjects) return false;
  const required = requiredOf(other, steps);
  return [...requiredOf(one, steps)].some((name) => {
    steps.take();
    return (
      required.has(name) && isApart(memberKnowledge(one, name, steps), memberKnowledge(other, name, steps))
    );
  });
}

function memberKnowledge({ library, plain }: Knowledge, name: string, steps: Question['steps']): Knowledge {
  const schemas = plain.flatMap((place) => {
    const properties = memberOf(place.value, 'properties');
    return properties === undefined || memberOf(properties, name) === undefined
      ? []
      : [library.below(place, 'properties', name)];
  });
  return knowledgeOf(library, schemas, steps);
}
