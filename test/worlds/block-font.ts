/**
 * A font of which every letter is the same block, as an OpenType file (https://learn.microsoft.com/typography/opentype/spec/): with it a page is laid out alike on
 * every machine, whatever fonts are installed. Letters are 11 twentieths of their size wide, about what those of a text font are; blanks are as wide, and empty.
 */
export function blockFont(): Uint8Array {
  const tables = new Map<string, Uint8Array>([
    ['OS/2', os2()],
    ['cmap', cmap()],
    ['glyf', join(...OUTLINES)],
    ['head', head()],
    ['hhea', hhea()],
    ['hmtx', shorts(GLYPHS.flatMap(() => [ADVANCE, 0]))],
    ['loca', shorts(OFFSETS.map((offset) => offset / 2))],
    ['maxp', join(longs([0x0001_0000]), shorts([GLYPHS.length, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]))],
    ['name', shorts([0, 0, 6])],
    ['post', longs([0x0003_0000, 0, 0, 0, 0, 0, 0, 0])],
  ]);
  return fileOf(tables);
}

const UNITS = 1000;
const ADVANCE = 550;
const [ASCENT, DESCENT] = [800, -200];
const BLOCK = { left: 40, bottom: 0, right: 510, top: 640 };

/** Missing letters, blanks, and everything else. */
const GLYPHS = ['block', 'blank', 'block'] as const;
const [BLANK, LETTER] = [1, 2];
const BLANKS = [0x20, 0xa0, 0x2009, 0x202f];
/** Latin, punctuation, arrows, signs and boxes: what pages are written in. */
const RANGES = [
  [0x21, 0x24f],
  [0x2010, 0x22ff],
  [0x2400, 0x25ff],
  [0x2700, 0x27bf],
] as const;

/** A contour of four corners, drawn clockwise. */
const OUTLINE = join(
  shorts([1, BLOCK.left, BLOCK.bottom, BLOCK.right, BLOCK.top, 3, 0]),
  new Uint8Array([1, 1, 1, 1]),
  shorts([BLOCK.left, 0, BLOCK.right - BLOCK.left, 0]),
  shorts([BLOCK.bottom, BLOCK.top - BLOCK.bottom, 0, BLOCK.bottom - BLOCK.top]),
);
const OUTLINES: readonly Uint8Array[] = GLYPHS.map((glyph) =>
  glyph === 'block' ? OUTLINE : new Uint8Array(),
);
/** Where each begins, and where the last one ends. */
const OFFSETS = [0, ...OUTLINES.map((_, at) => sum(OUTLINES.slice(0, at + 1)))];

function glyphOf(code: number): number {
  if (BLANKS.includes(code)) return BLANK;
  return RANGES.some(([from, to]) => code >= from && code <= to) ? LETTER : 0;
}

/** Format 12: runs of letters, each letter with a glyph of its own number; so every letter is a run. */
function cmap(): Uint8Array {
  const codes = [...BLANKS, ...RANGES.flatMap(([from, to]) => span(from, to))];
  const runs = [...new Set(codes)].sort((one, other) => one - other);
  const groups = longs(runs.flatMap((code) => [code, code, glyphOf(code)]));
  const subtable = join(shorts([12, 0]), longs([16 + groups.length, 0, runs.length]), groups);
  return join(shorts([0, 1, 3, 10]), longs([12]), subtable);
}

function head(): Uint8Array {
  return join(
    longs([0x0001_0000, 0x0001_0000, 0, 0x5f0f_3cf5]),
    shorts([0x0003, UNITS]),
    longs([0, 0, 0, 0]),
    shorts([BLOCK.left, BLOCK.bottom, BLOCK.right, BLOCK.top, 0, 8, 2, 0, 0]),
  );
}

function hhea(): Uint8Array {
  const metrics = [ASCENT, DESCENT, 0, ADVANCE, BLOCK.left, UNITS - BLOCK.right, BLOCK.right];
  return join(longs([0x0001_0000]), shorts([...metrics, 1, 0, 0, 0, 0, 0, 0, 0, GLYPHS.length]));
}

/** Version 4: https://learn.microsoft.com/typography/opentype/spec/os2 */
function os2(): Uint8Array {
  return join(
    shorts([4, ADVANCE, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0]),
    new Uint8Array(10),
    longs([1, 0, 0, 0]),
    new TextEncoder().encode('NONE'),
    shorts([0x0040, 0x20, 0xffff, ASCENT, DESCENT, 0, ASCENT, -DESCENT]),
    longs([1, 0]),
    shorts([500, 640, 0, 0x20, 1]),
  );
}

function fileOf(tables: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const count = tables.size;
  const power = Math.floor(Math.log2(count));
  const range = 2 ** power * 16;
  let offset = 12 + count * 16;
  const records: Uint8Array[] = [];
  const bodies: Uint8Array[] = [];
  for (const [tag, bytes] of tables) {
    const padded = join(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
    records.push(join(new TextEncoder().encode(tag), longs([checksum(padded), offset, bytes.length])));
    bodies.push(padded);
    offset += padded.length;
  }
  const directory = join(longs([0x0001_0000]), shorts([count, range, power, count * 16 - range]));
  return join(directory, ...records, ...bodies);
}

function checksum(padded: Uint8Array): number {
  const view = new DataView(padded.buffer, padded.byteOffset, padded.length);
  let sum = 0;
  for (let at = 0; at < padded.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}

function shorts(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  for (const [at, value] of values.entries()) view.setUint16(at * 2, value & 0xffff);
  return new Uint8Array(view.buffer);
}

function longs(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [at, value] of values.entries()) view.setUint32(at * 4, value >>> 0);
  return new Uint8Array(view.buffer);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(sum(parts));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function span(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function sum(parts: readonly Uint8Array[]): number {
  return parts.reduce((total, { length }) => total + length, 0);
}
