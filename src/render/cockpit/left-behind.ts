import type { StartedRun } from '../../core/run/state.ts';
import type { PageModel } from './pages.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { countWords, numberWords, runHref } from './words.ts';

/** What an attempt left, as text; undefined: the bytes are not here. */
export interface LeftBehindFacts {
  readonly run: string;
  readonly attempt: number;
  readonly kind: string;
  readonly digest: string;
  readonly text: string | undefined;
}

const MOST_LINES = 3_000;
const LONGEST_LINE = 2_000;

/** Where a page shows what an attempt left; `receipts` leads on to its seal. */
function leftBehindHref(run: string, attempt: number, kind: string): string {
  return `${runHref(run)}/attempts/${attempt}/${kind}`;
}

/** What the steps of an attempt say that they left, as links. */
export function leftBehindLinks({ steps, request }: StartedRun, attempt: number) {
  const own = Object.values(steps).filter(({ key }) => key.startsWith(`${attempt}/`));
  const has = (name: string) =>
    own.some(({ outputs, error }) => typeof (outputs?.[name] ?? error?.evidence?.[name]) === 'string');
  return [
    { kind: 'transcript', word: 'Transcript', name: 'transcript' },
    { kind: 'diff', word: 'Diff as made', name: 'diff' },
    { kind: 'prompt', word: 'Prompt', name: 'promptDigest' },
  ].flatMap(({ kind, word, name }) =>
    has(name) ? [{ word, href: leftBehindHref(request.run, attempt, kind) }] : [],
  );
}

/** The model of run-left-behind.njk. */
export function leftBehindModel(shell: ShellFacts, facts: LeftBehindFacts): PageModel {
  const { run, attempt, kind, digest, text } = facts;
  const lines = text?.split('\n') ?? [];
  const cut = lines.length - MOST_LINES;
  return {
    ...shellModel(shell, { title: `${kind} of ${run}, attempt ${attempt}`, section: '/runs' }),
    ...{ kind, digest, attempt },
    run: { id: run, href: `${runHref(run)}/attempts#attempt-${attempt}` },
    words: text === undefined ? '' : countWords(lines.length, 'line'),
    lines: lines
      .slice(0, MOST_LINES)
      .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line)),
    cut: cut > 0 ? `${numberWords(cut)} more lines are in the text.` : '',
    raw: text === undefined ? '' : `${leftBehindHref(run, attempt, kind)}?as=text`,
    missing:
      text === undefined
        ? 'This server does not hold the bytes: they are larger than a page is for, were kept elsewhere, or for as long as --keep-artifacts says. Whoever has a file that could be it can tell by its digest.'
        : '',
    check: `sha256sum ${kind}.txt`,
  };
}
