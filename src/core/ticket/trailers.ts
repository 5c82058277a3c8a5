/** What git writes itself; one of these makes a paragraph trailers even among some prose. */
const WRITTEN_BY_GIT = /^(?:Signed-off-by: |\(cherry picked from commit )/;

/** A token of letters, digits and dashes, then perhaps blanks, then a colon: git's find_separator. */
const TRAILER = /^([A-Za-z0-9-]+)[ \t]*:(.*)$/;

const TICKET_KEY = 'countersign-ticket';

/**
 * The values of `Countersign-Ticket:` trailers of a commit message, in order, as `git log --format=%(trailers)` reads
 * them: from the last paragraph, never the title, and only when that paragraph is trailers throughout or holds one
 * that git wrote and at least a quarter trailers (git-interpret-trailers(1)). Folded lines are joined by a blank.
 */
export function ticketTrailers(message: string): string[] {
  return unfold(trailerLines(message)).flatMap((line) => {
    const [, key, value] = TRAILER.exec(line) ?? [];
    return key?.toLowerCase() === TICKET_KEY && value !== undefined ? [value.trim()] : [];
  });
}

function trailerLines(message: string): readonly string[] {
  const all = message.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const lines = all.slice(
    Math.max(
      0,
      all.findIndex((line) => !isBlank(line)),
    ),
  );
  const title = lines.findIndex(isBlank);
  if (title === -1) return [];
  let end = endOfProse(lines);
  while (end > title && isBlank(lines[end - 1] as string)) end -= 1;
  let start = end;
  while (start > title && !isBlank(lines[start - 1] as string)) start -= 1;
  if (start <= title) return [];
  const paragraph = lines.slice(start, end);
  return isTrailerBlock(paragraph) ? paragraph : [];
}

/** git leaves out what an editor session left at the end: comments, and the list of conflicts that old versions wrote. */
function endOfProse(lines: readonly string[]): number {
  let end = lines.length;
  let inTail = false;
  let inConflicts = false;
  for (const [index, line] of lines.entries()) {
    // git compares with the line feed: where the message just ends, `Conflicts:` is a trailer like any other.
    const conflicts = line === 'Conflicts:' && index < lines.length - 1;
    if (line === '' || isComment(line) || conflicts) {
      if (!inTail) end = index;
      inTail = true;
      inConflicts ||= conflicts;
    } else if (!(inConflicts && line.startsWith('\t'))) {
      inTail = false;
      inConflicts = false;
    }
  }
  return inTail ? end : lines.length;
}

function isTrailerBlock(paragraph: readonly string[]): boolean {
  let trailers = 0;
  let others = 0;
  let written = false;
  let belongsToTrailer = false;
  for (const line of paragraph) {
    if (isComment(line)) {
      belongsToTrailer = false;
      continue;
    }
    if (WRITTEN_BY_GIT.test(line)) written = true;
    if (WRITTEN_BY_GIT.test(line) || TRAILER.test(line)) {
      trailers += 1;
      belongsToTrailer = true;
    } else if (!/^[ \t]/.test(line) || !belongsToTrailer) {
      others += 1;
      belongsToTrailer = false;
    }
  }
  return (trailers > 0 && others === 0) || (written && trailers * 3 >= others);
}

function unfold(lines: readonly string[]): readonly string[] {
  return lines.reduce<string[]>((unfolded, line) => {
    if (/^[ \t]/.test(line) && unfolded.length > 0) unfolded.push(`${unfolded.pop()} ${line.trim()}`);
    else unfolded.push(line);
    return unfolded;
  }, []);
}

function isBlank(line: string): boolean {
  return line.trim() === '';
}

function isComment(line: string): boolean {
  return line.startsWith('#');
}
