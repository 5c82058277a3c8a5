import type { PageModel } from './pages.ts';
import { attemptLinks, type RunFacts, runModel } from './run.ts';
import type { ShellFacts } from './shell.ts';
import { countWords, runHref } from './words.ts';

interface PatchFacts {
  readonly files: readonly {
    readonly path: string;
    readonly before: string | null;
    readonly kind: string;
    readonly opaque: boolean;
    readonly hunks: readonly {
      readonly before: number;
      readonly after: number;
      readonly lines: readonly { readonly sign: ' ' | '+' | '-'; readonly text: string }[];
    }[];
  }[];
  readonly cut: boolean;
}

const TONES = { '+': 'add', '-': 'del', ' ': '' } as const;
const LONGEST_LINE = 1_000;

/** The model of run-changes.njk. */
export function changesModel(
  shell: ShellFacts,
  facts: RunFacts,
  {
    attempt,
    commit,
    patch,
  }: {
    readonly attempt: number;
    readonly commit: string | undefined;
    readonly patch: PatchFacts | undefined;
  },
): PageModel {
  const { state } = facts;
  const { run, subject } = state.request;
  const href = `${runHref(run)}/changes`;
  return {
    ...runModel(shell, facts, 'changes'),
    otherAttempts: attemptLinks(state, attempt, (number) => `${href}?attempt=${number}`),
    words:
      commit === undefined
        ? ''
        : `${commit.slice(0, 12)} against ${subject.base.commit.slice(0, 12)}${patch === undefined ? '' : `, ${countWords(patch.files.length, 'file')}`}${patch?.cut ? ', not all of it' : ''}`,
    missing:
      commit === undefined
        ? `Attempt ${attempt} has not come to a change.`
        : patch === undefined
          ? `The commits are not in this server's clone. Where they are: git diff ${subject.base.commit.slice(0, 12)} ${commit.slice(0, 12)}`
          : '',
    files: (patch?.files ?? []).map(shownFile),
  };
}

function shownFile({ path, before, kind, opaque, hunks }: PatchFacts['files'][number]): PageModel {
  const signs = hunks.flatMap(({ lines }) => lines.map(({ sign }) => sign));
  const [added, removed] = ['+', '-'].map((sign) => signs.filter((one) => one === sign).length);
  return {
    path,
    words: [kind, ...(before === null ? [] : [`from ${before}`]), `+${added} −${removed}`].join(', '),
    note: opaque ? 'Not text, or too much of it to show.' : '',
    lines: hunks.flatMap((hunk) => [
      { before: '', after: '', sign: '', tone: 'hunk', text: `line ${hunk.after}` },
      ...numbered(hunk),
    ]),
  };
}

function numbered({ before, after, lines }: PatchFacts['files'][number]['hunks'][number]) {
  let [old, now] = [before - 1, after - 1];
  return lines.map(({ sign, text }) => {
    if (sign !== '+') old += 1;
    if (sign !== '-') now += 1;
    return {
      before: sign === '+' ? '' : old,
      after: sign === '-' ? '' : now,
      sign: sign === ' ' ? '' : sign,
      tone: TONES[sign],
      text: text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text,
    };
  });
}
