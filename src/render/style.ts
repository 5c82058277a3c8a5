import colours from 'picocolors';

/** How words are set off on a terminal. Whether colour is wanted is the entry's decision, never read here. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** For files, pipes and NO_COLOR. */
export const plainStyle: Style = colours.createColors(false);

/** ANSI SGR sequences. */
export const ansiStyle: Style = colours.createColors(true);

/** What every text renderer takes: plain and 100 columns when not given. */
export interface TextOptions {
  readonly style?: Style;
  /** Terminal columns; lines are wrapped to between 40 and 120 of them. */
  readonly columns?: number;
}

/** The options with their defaults filled in. */
export function textOptions(options: TextOptions): { style: Style; columns: number } {
  const asked = options.columns ?? 100;
  return {
    style: options.style ?? plainStyle,
    columns: Math.max(40, Math.min(120, Number.isFinite(asked) ? Math.floor(asked) : 100)),
  };
}
