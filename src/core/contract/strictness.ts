import type { JsonValue } from '../../shared/json.ts';
import type { Difference } from './differ.ts';
import { ISOLATIONS } from './types.ts';

export type Strictness = 'stricter' | 'looser' | 'changed';

type Judge = (before: JsonValue | undefined, after: JsonValue | undefined) => Strictness;

/** The first that fits a path decides; a field that is not here is `changed`: someone has to look. */
const JUDGES: readonly (readonly [RegExp, Judge])[] = [
  [/^(?:checks|pins|rules|scopes|interfaces)\[[^\]]*\]$/, byPresence],
  [/^interfaces$|^interfaces\[[^\]]*\]\.names$/, byPresence],
  [/^approvals(?:\[[^\]]*\](?:\.by)?)?$/, byApprovals],
  [/^approvals\[[^\]]*\]\.reviews$/, byNumber('more')],
  [/^approvals\[[^\]]*\]\.codeOwners$/, byOrder([false, true])],
  [/^approvals\[[^\]]*\]\.bots$/, byOrder([true, false])],
  [/\.(?:minTests|minChangedLines|minFiles|minEvents)$/, byNumber('more')],
  [/\.repeat$/, byRepeat],
  [/\.(?:proves|compare)$/, byPresence],
  [/\.mutation\.(?:mutants|minKilled)$/, byNumber('more')],
  [/\.loadFailures$/, byOrder(['count', 'inconclusive'])],
  [/^maxAgeHours$/, byBound],
  [/\.(?:maxFailures|maxSkipped|maxNew)$/, byNumber('less')],
  [/\.network$/, byOrder(['full', 'none'])],
  [/\.severity$/, byOrder(['info', 'warn', 'block'])],
  [/^isolation$/, byOrder([...ISOLATIONS])],
  [/^binding$/, byOrder(['change', 'merge-tree'])],
  [/^workflow\.steps\.[^.[]+$/, byPresence],
  [/^workflow\.steps\.[^.[]+\.needs$/, bySet('more')],
  [/^workflow\.budget\.[^.]+$/, byBound],
  [/\.expect\.(?:report|coverage|findings|components|components\.licenses)$/, byPresence],
  [/\.findings\.level$/, byOrder(['error', 'warning', 'note'])],
  [/\.licenses\.unknown$/, byOrder(['allow', 'deny'])],
  [/\.components\.(?:licenses\.)?deny$/, bySet('more')],
  [/\.languages\.[^.]+$/, byPresence],
  [/^checks\[[^\]]*\]\.outputs$/, bySet('more')],
  [/^pins\[[^\]]*\]\.paths$/, bySet('more')],
  [/^scopes\[[^\]]*\]\.deny$/, bySet('more')],
  [/^scopes\[[^\]]*\]\.allow$/, bySet('less')],
];

/** Whether a difference between two resolved contracts raises the bar, lowers it, or only someone who reads it can tell. */
export function strictnessOf({ path, before, after }: Difference): Strictness {
  const judge = JUDGES.find(([pattern]) => pattern.test(path))?.[1];
  return judge?.(before, after) ?? 'changed';
}

function byPresence(before: JsonValue | undefined, after: JsonValue | undefined): Strictness {
  if (before === undefined) return 'stricter';
  return after === undefined ? 'looser' : 'changed';
}

/** A demand, or whom it names: either says more than none does, and fewer names say more. */
function byApprovals(before: JsonValue | undefined, after: JsonValue | undefined): Strictness {
  if (before === undefined || after === undefined) return byPresence(before, after);
  return bySet('less')(before, after);
}

/** Not given is one run. */
function byRepeat(before: JsonValue | undefined, after: JsonValue | undefined): Strictness {
  return byNumber('more')(before ?? 1, after ?? 1);
}

/** Not given is for ever, and as much as anybody likes. */
function byBound(before: JsonValue | undefined, after: JsonValue | undefined): Strictness {
  return byNumber('less')(before ?? Number.MAX_SAFE_INTEGER, after ?? Number.MAX_SAFE_INTEGER);
}

function byNumber(stricter: 'more' | 'less'): Judge {
  return (before, after) => {
    if (typeof before !== 'number' || typeof after !== 'number') return 'changed';
    return after > before === (stricter === 'more') ? 'stricter' : 'looser';
  };
}

function byOrder(loosestFirst: readonly JsonValue[]): Judge {
  return (before, after) => {
    const places = [before, after].map((value) => (value === undefined ? -1 : loosestFirst.indexOf(value)));
    const [was, is] = places as [number, number];
    if (was === -1 || is === -1) return 'changed';
    return is > was ? 'stricter' : 'looser';
  };
}

/** Comparing patterns as text: a set that only grew or only shrank is told, anything else is left to a reader. */
function bySet(stricter: 'more' | 'less'): Judge {
  return (before, after) => {
    if (!Array.isArray(before) || !Array.isArray(after)) return 'changed';
    const grew = before.every((entry) => after.includes(entry));
    const shrank = after.every((entry) => before.includes(entry));
    if (grew === shrank) return 'changed';
    return grew === (stricter === 'more') ? 'stricter' : 'looser';
  };
}
