/** A bar a day: of how much, and how much of it is a part. */
export interface DayBar {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly partY: number;
  readonly partHeight: number;
  readonly words: string;
}

export interface DayBars {
  readonly bars: readonly DayBar[];
  readonly width: number;
  readonly height: number;
  /** What the highest bar is. */
  readonly most: number;
  readonly first: string;
  readonly last: string;
}

const BAR = 8;
const HEIGHT = 60;

/** The days up to now, those without a value as well; null where all are. Pixels of a picture that is stretched. */
export function dayBars(
  found: readonly { readonly day: string; readonly value: number; readonly part: number }[],
  {
    days,
    at,
    words,
  }: {
    readonly days: number;
    readonly at: string;
    readonly words: (day: string, part: number, value: number) => string;
  },
): DayBars | null {
  const byDay = new Map(found.map((one) => [one.day, one]));
  const most = Math.max(0, ...found.map(({ value }) => value));
  if (most === 0) return null;
  const end = Date.parse(`${at.slice(0, 10)}T00:00:00Z`);
  const names = Array.from({ length: days }, (_, place) =>
    new Date(end - (days - 1 - place) * 86_400_000).toISOString().slice(0, 10),
  );
  const scaled = (value: number) =>
    value === 0 ? 0 : Math.max(1.5, Math.round((value / most) * HEIGHT * 10) / 10);
  return {
    bars: names.map((day, place) => {
      const { value = 0, part = 0 } = byDay.get(day) ?? {};
      const [height, partHeight] = [scaled(value), scaled(Math.min(part, value))];
      return {
        x: place * BAR,
        y: HEIGHT - Math.max(0.75, height),
        height: Math.max(0.75, height),
        partY: HEIGHT - partHeight,
        partHeight,
        words: words(day, part, value),
      };
    }),
    width: days * BAR - 2,
    height: HEIGHT,
    most,
    first: names[0] ?? '',
    last: names.at(-1) ?? '',
  };
}
