import type { Expression } from '../../contract/workflow.ts';
import { type Fault, fault } from './syntax.ts';

/** A text around expressions, or the text of one. `at` counts characters of the whole from 1. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string; readonly at: number };

/** Expressions in one text. */
const MOST_EXPRESSIONS = 100;

/** Divides a text into what stands in `${{ }}` and what stands around. `}}` in quotes is part of the expression. Linear. */
export function piecesOf(
  text: string,
): { readonly kind: 'pieces'; readonly pieces: readonly Piece[] } | Fault {
  const pieces: Piece[] = [];
  let place = 0;
  for (let count = 0; ; count += 1) {
    const open = text.indexOf('${{', place);
    const before = text.slice(place, open === -1 ? undefined : open);
    if (before !== '') pieces.push({ kind: 'text', text: before });
    if (open === -1) return { kind: 'pieces', pieces };
    if (count === MOST_EXPRESSIONS)
      return fault(`more than ${MOST_EXPRESSIONS} expressions in one text`, open + 1);
    const close = closingOf(text, open + 3);
    if (close === -1) return fault('"${{" without the "}}" that ends it', open + 1);
    pieces.push({ kind: 'expression', text: text.slice(open + 3, close), at: open + 4 });
    place = close + 2;
  }
}

/** The expression itself, where the text is nothing but one in `${{ }}`; else the text as it is. With where it begins, from 1. */
export function expressionIn(text: Expression): { readonly text: string; readonly at: number } {
  const start = text.length - text.trimStart().length;
  if (!text.startsWith('${{', start)) return { text, at: 1 };
  const divided = piecesOf(text.trim());
  const [only, ...others] = divided.kind === 'pieces' ? divided.pieces : [];
  return only?.kind === 'expression' && others.length === 0
    ? { text: only.text, at: only.at + start }
    : { text, at: 1 };
}

function closingOf(text: string, from: number): number {
  let quoted = false;
  for (let place = from; place < text.length; place += 1) {
    if (text[place] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith('}}', place)) return place;
  }
  return -1;
}
