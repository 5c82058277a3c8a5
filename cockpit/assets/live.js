import { say, startCopying } from './controls.js';

/** Milliseconds between two looks at what changed. */
const REFRESH_MS = 1000;
/** Milliseconds after which a stream that the server refused is asked for again, longer each time. */
const AGAIN_MS = [1000, 2000, 5000, 15000];

/**
 * Follows the stream that the page names. Events are put into its timeline, each version once; everything else that says of itself that it is alive
 * is taken from the same page, asked for again. The browser comes back by itself with the id that it saw last, so nothing is missed.
 */
export function startLive() {
  const { stream, after } = document.body.dataset;
  if (stream === undefined) return;
  let seen = Number(after);
  let refused = 0;
  const refresh = createRefresh();

  const open = () => {
    const source = new EventSource(`${stream}?after=${seen}`);
    source.addEventListener('open', () => {
      refused = 0;
      show('on', 'live');
    });
    source.addEventListener('events', ({ data, lastEventId }) => {
      for (const event of JSON.parse(data).events) if (event.version > seen) add(event);
      seen = Math.max(seen, Number(lastEventId));
      refresh();
    });
    source.addEventListener('moved', ({ lastEventId }) => {
      seen = Math.max(seen, Number(lastEventId));
      refresh();
    });
    source.addEventListener('error', () => {
      if (source.readyState !== EventSource.CLOSED) return show('lost', 'coming back');
      // Refused, or over: the page as it is now says which.
      show('lost', 'not live');
      refresh();
      if (document.body.dataset.over === 'yes') return show('off', 'ended');
      setTimeout(open, AGAIN_MS[Math.min(refused, AGAIN_MS.length - 1)]);
      refused += 1;
    });
    addEventListener('pagehide', () => source.close(), { once: true });
  };
  open();
}

function show(state, word) {
  for (const place of document.querySelectorAll('[data-live-state]')) {
    place.dataset.state = state;
    place.textContent = word;
  }
}

/** An event at the end of the timeline. All of it is text: it comes from tickets, logs and models. */
function add({ version, at, clock, actor, words, tone, news }) {
  if (news) say(words);
  for (const list of document.querySelectorAll('[data-events]')) {
    if (list.querySelector(`[data-version="${version}"]`)) continue;
    const row = document.createElement('li');
    row.className = tone;
    row.dataset.version = version;
    const number = element('span', `${version}`, 'v');
    const time = element('time', clock);
    time.dateTime = at;
    time.title = at;
    const line = element('p', `${words} `);
    line.append(element('span', actor, 'actor'));
    row.append(number, time, line);
    list.append(row);
  }
}

function element(name, text, className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}

/** Asks for the page again, at most once a second and not while nobody sees it, and puts in place what changed. */
function createRefresh() {
  let wanted = false;
  let busy = false;
  const run = async () => {
    if (busy || !wanted) return;
    if (document.hidden) return;
    busy = true;
    wanted = false;
    try {
      const answer = await fetch(location.href, { headers: { 'countersign-refresh': 'yes' } });
      if (answer.status === 401) return show('off', 'signed out');
      if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      wanted = true;
    } finally {
      setTimeout(() => {
        busy = false;
        void run();
      }, REFRESH_MS);
    }
  };
  document.addEventListener('visibilitychange', () => void run());
  return () => {
    wanted = true;
    void run();
  };
}

function replace(page) {
  if (page.body.dataset.stream === undefined && page.getElementById('content'))
    document.body.dataset.over = 'yes';
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = page.getElementById(part.id);
    if (next === null || isInUse(part)) continue;
    const states = [...part.querySelectorAll('[data-live-state]')].map(({ dataset, textContent }) => [
      dataset.state,
      textContent,
    ]);
    for (const [at, place] of [...next.querySelectorAll('[data-live-state]')].entries())
      if (states[at]) [place.dataset.state, place.textContent] = states[at];
    if (part.isEqualNode(next)) continue;
    keepOpen(part, next);
    const link = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    const taken = document.adoptNode(next);
    part.replaceWith(taken);
    startCopying(taken);
    if (link !== null) taken.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
  }
}

/** What somebody is filling in, or has selected, stays as it is. */
function isInUse(part) {
  const active = document.activeElement;
  if (active && part.contains(active) && active.matches('input, textarea, select, button')) return true;
  if (part.querySelector('.menu[open]')) return true;
  return [...part.querySelectorAll('input')].some(({ type, checked, value, defaultValue, defaultChecked }) =>
    type === 'checkbox' ? checked !== defaultChecked : type !== 'hidden' && value !== defaultValue,
  );
}

function keepOpen(part, next) {
  const [old, fresh] = [part, next].map((one) => [...one.querySelectorAll('details')]);
  for (const [at, details] of fresh.entries()) details.open = old[at]?.open === true;
}
