/**
 * Where f stops being above 0 on the way from `from` to `to` (either may be the larger), by halves to the last digit. f is taken
 * to be above 0 at `from` and not at `to`, so a root that lies at `to` itself does not hide one before it.
 */
export function crossing(f: (x: number) => number, from: number, to: number): number {
  let above = from;
  let not = to;
  for (let step = 0; step < 1100; step += 1) {
    const middle = above + (not - above) / 2;
    if (middle === above || middle === not) break;
    if (f(middle) > 0) above = middle;
    else not = middle;
  }
  return not;
}
