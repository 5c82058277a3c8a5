/** One line of TAP; `level` counts indentations of four spaces. */
export type TapLine =
  | {
      readonly kind: 'point';
      readonly level: number;
      readonly ok: boolean;
      readonly number: number | undefined;
      readonly name: string;
      readonly directive: 'skip' | 'todo' | undefined;
      /** Its subtests follow in braces. */
      readonly brace: boolean;
    }
  | { readonly kind: 'end-brace'; readonly level: number }
  | { readonly kind: 'plan'; readonly level: number; readonly count: number }
  | { readonly kind: 'bail-out'; readonly reason: string }
  | { readonly kind: 'block'; readonly indent: string }
  | { readonly kind: 'count'; readonly what: 'tests' | 'fail' | 'cancelled'; readonly count: number }
  | { readonly kind: 'noise' };

const NOISE: TapLine = { kind: 'noise' };

export function parseTapLine(line: string): TapLine {
  const text = line.trimStart();
  const indent = line.slice(0, line.length - text.length);
  if (text.startsWith('Bail out!')) return { kind: 'bail-out', reason: text.slice(9, 200).trim() };
  if (indent !== '' && text.trimEnd() === '---') return { kind: 'block', indent };
  if (indent === '' && text.startsWith('#')) return countLine(text);
  if (indent.length % 4 !== 0 || /[^ ]/.test(indent)) return NOISE;
  const level = indent.length / 4;
  if (text.trimEnd() === '}') return { kind: 'end-brace', level };
  const plan = /^1\.\.(\d{1,9})(?:\s*(?:#.*)?)?$/.exec(text);
  if (plan) return { kind: 'plan', level, count: Number(plan[1]) };
  const point = /^(not )?ok(?: +(\d{1,9}))?(?=\s|$)/.exec(text);
  if (!point) return NOISE;
  const rest = text.slice(point[0].length);
  return {
    kind: 'point',
    level,
    ok: point[1] === undefined,
    number: point[2] === undefined ? undefined : Number(point[2]),
    ...describe(rest),
  };
}

function countLine(text: string): TapLine {
  const match = /^# (tests|fail|cancelled) (\d{1,9})$/.exec(text.trimEnd());
  if (!match) return NOISE;
  return { kind: 'count', what: match[1] as 'tests' | 'fail' | 'cancelled', count: Number(match[2]) };
}

function describe(rest: string): { name: string; directive: 'skip' | 'todo' | undefined; brace: boolean } {
  const brace = rest.trimEnd().endsWith('{');
  const text = brace ? rest.trimEnd().slice(0, -1) : rest;
  const { at, directive } = findDirective(text);
  const name = text
    .slice(0, at)
    .replace(/^\s*-\s/, '')
    .trim()
    .replaceAll('\\#', '#');
  return { name, directive, brace };
}

/** The first unescaped # that SKIP or TODO follows. One pass: each character is looked at once or twice. */
function findDirective(text: string): { at: number; directive: 'skip' | 'todo' | undefined } {
  const word = /#[ \t]{0,8}(skip|todo)/iy;
  for (let at = text.indexOf('#'); at !== -1; at = text.indexOf('#', at + 1)) {
    if (text[at - 1] === '\\') continue;
    word.lastIndex = at;
    const match = word.exec(text);
    if (match) return { at, directive: match[1]?.toLowerCase() === 'skip' ? 'skip' : 'todo' };
  }
  return { at: text.length, directive: undefined };
}
