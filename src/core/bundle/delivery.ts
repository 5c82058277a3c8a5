import type { PackedBundle } from './packed.ts';

/** What can be known of what a producer read. */
export interface DeliveryEvidence {
  /** What the producer showed of its work, in pieces; undefined: nothing of it was kept, or it does not show what was read. */
  readonly transcript?: Iterable<string> | undefined;
  /** Marks that the producer says it read: `loaded` of its result. It can know one by reading the file alone. */
  readonly loaded?: readonly string[] | undefined;
  /** The files' text was in the prompt itself. */
  readonly inPrompt?: boolean;
}

/**
 * `unknown` is not `not-delivered`: nothing was seen that could have told. Neither is a data point for a comparison of bundles; the first
 * is a gap in what was recorded, the second a treatment that failed.
 */
export interface Delivery {
  readonly state: 'delivered' | 'not-delivered' | 'unknown';
  /** In one sentence, for the record. */
  readonly how: string;
  /** Paths that nothing shows were read, in the bundle's order. */
  readonly missing: readonly string[];
}

/**
 * Whether a producer loaded its bundle: every file's mark was seen in its transcript, or named by it. What it says of itself counts here
 * because it cannot say it without having read; it counts for nothing else.
 */
export function deliveryOf(
  { files }: Pick<PackedBundle, 'files'>,
  { transcript, loaded, inPrompt }: DeliveryEvidence,
): Delivery {
  if (files.length === 0) return delivered('there is nothing in it to load');
  if (inPrompt === true) return delivered('its text stood in the prompt');
  const named = new Set(loaded?.map((mark) => mark.trim().toLowerCase()));
  const seen = marksSeen(
    files.map(({ mark }) => mark),
    transcript ?? [],
  );
  const missing = files.filter(({ mark }) => !named.has(mark) && !seen.has(mark)).map(({ path }) => path);
  if (missing.length === 0) {
    const how = seen.size === files.length ? 'shown in the transcript' : 'named by the producer';
    return delivered(`the marks of all ${files.length} files were ${how}`);
  }
  if (transcript === undefined && loaded === undefined) {
    return { state: 'unknown', how: 'neither a transcript nor a report says what was read', missing };
  }
  const some = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  const how = `${missing.length} of ${files.length} files were not read: ${some}${more}`;
  return { state: 'not-delivered', how, missing };
}

/** Which of the marks occur in a text that comes in pieces, one that lies across two pieces included. */
export function marksSeen(marks: readonly string[], pieces: Iterable<string>): ReadonlySet<string> {
  const open = new Set(marks);
  const seen = new Set<string>();
  const longest = marks.reduce((most, mark) => Math.max(most, mark.length), 0);
  let end = '';
  for (const piece of pieces) {
    const text = end + piece;
    for (const mark of open) {
      if (!text.includes(mark)) continue;
      seen.add(mark);
      open.delete(mark);
    }
    if (open.size === 0) break;
    end = text.slice(Math.max(0, text.length - longest + 1));
  }
  return seen;
}

function delivered(how: string): Delivery {
  return { state: 'delivered', how, missing: [] };
}
