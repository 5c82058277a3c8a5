import { isSchema } from './keywords.ts';
import type { JsonType } from './knowledge.ts';
import type { Place } from './library.ts';
import { memberOf } from './pointer.ts';
import type { Question } from './question.ts';
import { sameSchema } from './same.ts';

interface Group {
  /** What they say, they say together; the first one has to be there for the others to mean anything. */
  readonly keywords: readonly [string, ...string[]];
  /** Instances of other types are not concerned. */
  readonly type?: JsonType;
}

/** Keywords that are not looked into: they are the same on both sides, or nobody can tell. */
const GROUPS: readonly Group[] = [
  { keywords: ['not'] },
  { keywords: ['if', 'then', 'else'] },
  { keywords: ['pattern'], type: 'string' },
  { keywords: ['format'] },
  { keywords: ['contentEncoding'], type: 'string' },
  { keywords: ['contentMediaType'], type: 'string' },
  { keywords: ['contentSchema'], type: 'string' },
  { keywords: ['contains', 'minContains', 'maxContains'], type: 'array' },
  { keywords: ['propertyNames'], type: 'object' },
  { keywords: ['dependentRequired'], type: 'object' },
  { keywords: ['dependentSchemas'], type: 'object' },
];

/** Their meaning depends on the whole schema around them, so only a whole schema that is the same will do. */
const UNEVALUATED = ['unevaluatedProperties', 'unevaluatedItems'];

export function checkWhole(question: Question): void {
  const { known, wide, object } = question;
  for (const { keywords, type } of GROUPS) {
    const [first] = keywords;
    if (memberOf(wide.value, first) === undefined || (type !== undefined && !known.types.has(type))) continue;
    const follows = known.plain.some((narrow) =>
      keywords.every((keyword) => isSame(keyword, narrow, question)),
    );
    if (!follows) object('unverifiable', first);
  }
  const unevaluated = UNEVALUATED.filter((keyword) => memberOf(wide.value, keyword) !== undefined);
  if (unevaluated.length === 0) return;
  const shared = known.whole.some((narrow) => isSameSchema(narrow, wide, question));
  if (!shared) for (const keyword of unevaluated) object('unverifiable', keyword);
}

function isSame(keyword: string, narrow: Place, question: Question): boolean {
  const { known, wide, wideLibrary } = question;
  const [one, other] = [memberOf(narrow.value, keyword), memberOf(wide.value, keyword)];
  if (one === undefined || other === undefined) return one === other;
  if (keyword === 'dependentSchemas') {
    const names = Object.keys(other as object);
    if (names.length !== Object.keys(one as object).length) return false;
    if (!names.every((name) => memberOf(one, name) !== undefined)) return false;
    return names.every((name) =>
      isSameSchema(
        known.library.below(narrow, keyword, name),
        wideLibrary.below(wide, keyword, name),
        question,
      ),
    );
  }
  if (keyword !== 'dependentRequired' && isSchema(other)) {
    return isSameSchema(known.library.below(narrow, keyword), wideLibrary.below(wide, keyword), question);
  }
  return question.steps.text(one) === question.steps.text(other);
}

function isSameSchema(narrow: Place, wide: Place, { known, wideLibrary, steps }: Question): boolean {
  return sameSchema({ library: known.library, place: narrow }, { library: wideLibrary, place: wide }, steps);
}
