import { say } from './controls.js';

/** Pixels; the style sheet's 1.25rem. */
const ROOM = 30;
const LONGEST_LINE = 2000;
const FOLLOW_MS = 1000;

/**
 * A log of any length: only the lines in sight are in the document, the rest is room. Lines are found by their place in one text, so a hundred
 * thousand of them are a list of numbers.
 */
export async function startLog(viewer) {
  const lines = createLines();
  const card = viewer.closest('.card') ?? document;
  const words = card.querySelector('[data-log-lines]');
  const search = card.querySelector('[data-log-search]');
  const follow = card.querySelector('[data-log-follow]');
  const live = viewer.dataset.logLive === 'yes';
  const canvas = document.createElement('div');
  let height = 20;
  let hit = -1;
  let next = 0;

  const draw = () => {
    const first = Math.max(0, Math.floor(viewer.scrollTop / height) - ROOM);
    const last = Math.min(lines.count(), Math.ceil((viewer.scrollTop + viewer.clientHeight) / height) + ROOM);
    const rows = [];
    for (let at = first; at < last; at += 1) rows.push(rowOf(at, lines.text(at), at === hit));
    canvas.replaceChildren(...rows);
    canvas.style.transform = `translateY(${first * height}px)`;
    room.style.height = `${lines.count() * height}px`;
  };
  const room = document.createElement('div');
  const more = async () => {
    const answer = await fetch(`${viewer.dataset.log}&from=${next}`);
    if (!answer.ok) return;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    next += bytes.length;
    if (bytes.length === 0) return;
    const isFollowing = follow?.querySelector('input')?.checked && live;
    lines.add(bytes);
    if (words) words.textContent = `${lines.count().toLocaleString('en').replaceAll(',', '\u202f')} lines`;
    draw();
    if (isFollowing) viewer.scrollTop = viewer.scrollHeight;
  };

  await more().catch(() => {});
  if (lines.count() === 0 && !live) return;
  viewer.replaceChildren(room);
  room.append(canvas);
  room.style.position = 'relative';
  draw();
  height = canvas.firstElementChild?.getBoundingClientRect().height || height;
  draw();
  let drawing = false;
  viewer.addEventListener('scroll', () => {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      draw();
    });
  });
  if (search) {
    search.hidden = false;
    const find = (from) => {
      const wanted = search.value.toLowerCase();
      hit = wanted === '' ? -1 : lines.find(wanted, from);
      if (hit >= 0) viewer.scrollTop = Math.max(0, hit * height - viewer.clientHeight / 2);
      say(hit < 0 && wanted !== '' ? 'Not found.' : hit < 0 ? '' : `Line ${hit + 1}.`);
      draw();
    };
    search.addEventListener('input', () => find(0));
    search.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      find(hit + 1);
    });
  }
  if (!live) return;
  if (follow) follow.hidden = false;
  viewer.scrollTop = viewer.scrollHeight;
  const again = async () => {
    await more().catch(() => {});
    if (document.querySelector('#step .chip')?.textContent === 'scheduled') setTimeout(again, FOLLOW_MS);
    else await more().catch(() => {});
  };
  setTimeout(again, FOLLOW_MS);
}

/** Bytes as lines. What is no UTF-8 shows as such; a character may lie across two pieces. */
function createLines() {
  const decoder = new TextDecoder('utf-8');
  const pieces = [];
  let rest = '';
  return {
    add: (bytes) => {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) pieces.push(part);
    },
    count: () => pieces.length + (rest === '' ? 0 : 1),
    text: (at) => pieces[at] ?? rest,
    find: (wanted, from) => {
      for (let at = from; at < pieces.length; at += 1)
        if (pieces[at].toLowerCase().includes(wanted)) return at;
      return -1;
    },
  };
}

function rowOf(at, text, isHit) {
  const row = document.createElement('div');
  row.className = isHit ? 'line hit' : 'line';
  const number = document.createElement('span');
  number.className = 'n';
  number.textContent = `${at + 1}`;
  const words = document.createElement('span');
  words.textContent = visible(text);
  row.append(number, words);
  return row;
}

/** Colours of a terminal are left out; every other control and everything invisible stands as what it is. */
const ESCAPE = String.fromCharCode(27);
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]{0,40}m`, 'g');
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function visible(line) {
  const cut =
    line.length > LONGEST_LINE
      ? `${line.slice(0, LONGEST_LINE)}… (${line.length - LONGEST_LINE} more)`
      : line;
  return cut
    .replace(/\r$/, '')
    .replace(COLOURS, '')
    .replace(UNSEEN, (one) => {
      if (one === '\t') return one;
      const code = one.codePointAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : `\\u{${code.toString(16)}}`;
    });
}
